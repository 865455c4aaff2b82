"""The networks that can be named: of our own, of the package onnx, of a folder, files.

What is at hand without a folder: the networks of `aipu.examples.networks`, and the
light models that the package onnx has for its own tests. A folder is one of `.param`
files, as a clone of ncnn has them under `benchmark/`. Weights that are not there are
drawn; no time depends on them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from ...errors import AipuError, Warnings, nearest
from ...examples.networks import NETWORKS
from ...frontends.ncnn.int8_weights import has_activation_scales
from ...frontends.ncnn.param_file import inputs_of, read_param
from ..building.driver import Model, Options
from .published import published

ALL = "all"
NCNN = ".param"
LIGHT = Path(onnx.__path__[0]) / "backend" / "test" / "data" / "light"
SEED = 0
DRAWN = Options(random_weights=SEED)


@dataclass(frozen=True)
class Candidate:
    """A network to be measured.

    name: in tables; that of ncnn's benchmark where it is one of its networks.
    model: makes it, or says where it is.
    options: how it is read.
    param: the file that ncnn reads, if it is one.
    int8: whether ncnn runs it in int8.
    """

    name: str
    model: Callable[[], Model]
    options: Options
    param: Path | None = None
    int8: bool = False


def candidates(
    words: Sequence[str], folder: Path | None, options: Options
) -> list[Candidate]:
    """The networks that words name: `all`, names, and files.

    Args:
        words: as they were typed.
        folder: of `.param` files, whose names are known then instead of the usual ones.
        options: how files are read; those of a folder only take shapes of it.

    Raises:
        AipuError: no such network, or a folder without any.
    """
    known = _at_hand() if folder is None else _of_folder(folder, options)
    found: dict[str, Candidate] = {}
    for word in words:
        if word == ALL:
            found |= known
        elif word in known:
            found[word] = known[word]
        elif Path(word).suffix or Path(word).exists():
            found[word] = _of_file(Path(word), options)
        else:
            raise AipuError(f"no network '{word}'", remedy=nearest(word, [*known, ALL]))
    return list(found.values())


def _at_hand() -> dict[str, Candidate]:
    own = {
        name: Candidate(name, lambda make=make: make(SEED), Options())
        for name, make in NETWORKS.items()
    }
    light = {
        path.stem: Candidate(path.stem, lambda path=path: path, DRAWN)
        for path in sorted(LIGHT.glob("*.onnx"))
    }
    return own | light


def _of_folder(folder: Path, options: Options) -> dict[str, Candidate]:
    paths = sorted(folder.glob(f"*{NCNN}")) if folder.is_dir() else []
    if not paths:
        raise AipuError(
            "no .param files here",
            place=str(folder),
            remedy="a clone of ncnn has them in its folder `benchmark`",
        )
    return {
        path.stem: _of_param(path, Options(shapes=options.shapes)) for path in paths
    }


def _of_file(path: Path, options: Options) -> Candidate:
    if not path.exists():
        raise AipuError("no such file", place=str(path))
    if path.suffix == NCNN:
        return _of_param(path, options)
    return Candidate(path.stem, lambda: path, options)


def _of_param(path: Path, options: Options) -> Candidate:
    """What its text leaves open is as said, or as ncnn's benchmark has it."""
    try:
        layers = read_param(path, Warnings())
    except AipuError:
        layers = []
    known = published().get(path.stem)
    shapes: dict[str, Sequence[int]] = {}
    for name, extents in inputs_of(layers).items():
        if name in options.shapes:
            shapes[name] = options.shapes[name]
        elif extents is None and known is not None:
            shapes[name] = (1, 3, known.extent, known.extent)
    has_weights = options.weights or path.with_suffix(".bin").is_file()
    if options.random_weights is None and not has_weights:
        options = replace(options, random_weights=SEED)
    return Candidate(
        path.stem,
        lambda: path,
        replace(options, shapes=shapes),
        path,
        any(map(has_activation_scales, layers)),
    )
