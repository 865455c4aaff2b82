"""The first stages of `aipubuild` by themselves: a cfg to IR, float or quantised."""

from pathlib import Path

from ...errors import AipuError
from ..building.levels import FLOAT, QUANTISED
from ..files import write_file
from .build import Building
from .cfg_file import read_cfg
from .cfg_words import for_cfg
from .ir_files import ir_of
from .log import Log
from .places import make_ready
from .settings import settings


def ir_stage(cfg: Path, log: Log, *, quantised: bool) -> list[Path]:
    """Write the IR of a cfg's model, and nothing else; the files.

    Args:
        cfg: as `aipubuild` takes it.
        log: is told what goes on.
        quantised: go on to integers, with the cfg's calibration.

    Raises:
        AipuError: the cfg, the model or the data is not as it should be.
    """
    read = read_cfg(cfg)
    log.remarks(read.remarks)
    wanted, remarks = settings(read)
    log.remarks(remarks)
    make_ready(wanted)
    building = Building(wanted, log)
    try:
        build = building.parsed()
        if quantised:
            building.quantise(build)
    except AipuError as error:
        raise for_cfg(error) from None
    level = QUANTISED if quantised else FLOAT
    weights = build.context.weights
    files, warnings = ir_of(level, build.modules[level], weights, wanted)
    for warning in warnings:
        log.warning(warning)
    for path, data in files.items():
        write_file(path, data)
        log.info(f"wrote {path}")
    return list(files)
