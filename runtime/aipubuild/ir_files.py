"""The networks that a build leaves behind as Arm-China's IR, float and quantised."""

from pathlib import Path

from ..building.levels import FLOAT, QUANTISED
from ..building.package import Package
from .places import ir_names
from .settings import Settings
from .straight import straightened
from .writer.write import Style, Written, write_ir

Files = dict[Path, bytes]


def ir_files(package: Package, wanted: Settings) -> tuple[Files, list[str]]:
    """The texts and their constants by path, and what the IR has no words for."""
    quantised_style = Style.PARSER if wanted.old_style else Style.OPTIMIZER
    float_name, quantised_name = ir_names(wanted)
    levels = {
        float_name: (FLOAT, Style.PARSER, "float32"),
        quantised_name: (QUANTISED, quantised_style, "int8"),
    }
    files: Files = {}
    warnings: list[str] = []
    for name, (level, style, precision) in levels.items():
        network = straightened(package.levels[level])
        made: Written = write_ir(
            network,
            package.weights,
            name,
            style=style,
            precision=precision,
            domain=wanted.domain,
        )
        files[wanted.output_dir / f"{name}.txt"] = made.text.encode()
        files[wanted.output_dir / f"{name}.bin"] = made.data
        warnings += [f"{name}.txt: {warning}" for warning in made.warnings]
    return files, warnings
