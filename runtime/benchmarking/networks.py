"""The networks that can be named: of our own, of the package onnx, of a folder, files.

What is at hand without a folder: the networks of `aipu.examples.networks`, and the
light models that the package onnx has for its own tests. A folder is one of `.param`
files, as a clone of ncnn has them under `benchmark/`. Weights that are not there are
drawn; no time depends on them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from ...errors import AipuError, Warnings, nearest
from ...examples.networks import NETWORKS
from ...frontends.ncnn.int8_weights import has_activation_scales
from ...frontends.ncnn.param_file import inputs_of, read_param
from ..building.driver import Model
from .published import published

ALL = "all"
NCNN = ".param"
LIGHT = Path(onnx.__path__[0]) / "backend" / "test" / "data" / "light"
SEED = 0

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Candidate:
    """A network to be measured.

    name: in tables; that of ncnn's benchmark where it is one of its networks.
    model: makes it, or says where it is.
    random_weights: the seed of weights that are drawn; None where it has its own.
    shapes: of inputs that it leaves open.
    param: the file that ncnn reads, if it is one.
    int8: whether ncnn runs it in int8.
    """

    name: str
    model: Callable[[], Model]
    random_weights: int | None
    shapes: Shapes
    param: Path | None = None
    int8: bool = False


def candidates(
    words: Sequence[str], folder: Path | None, shapes: Shapes
) -> list[Candidate]:
    """The networks that words name: `all`, names, and files.

    Args:
        words: as they were typed.
        folder: of `.param` files, whose names are known then instead of the usual ones.
        shapes: of inputs that models leave open, by the names of the inputs.

    Raises:
        AipuError: no such network, or a folder without any.
    """
    known = _at_hand() if folder is None else _of_folder(folder, shapes)
    found: dict[str, Candidate] = {}
    for word in words:
        if word == ALL:
            found |= known
        elif word in known:
            found[word] = known[word]
        elif Path(word).suffix or Path(word).exists():
            found[word] = _of_file(Path(word), shapes)
        else:
            raise AipuError(f"no network '{word}'", remedy=nearest(word, [*known, ALL]))
    return list(found.values())


def _at_hand() -> dict[str, Candidate]:
    own = {
        name: Candidate(name, lambda make=make: make(SEED), None, {})
        for name, make in NETWORKS.items()
    }
    light = {
        path.stem: Candidate(path.stem, lambda path=path: path, SEED, {})
        for path in sorted(LIGHT.glob("*.onnx"))
    }
    return own | light


def _of_folder(folder: Path, shapes: Shapes) -> dict[str, Candidate]:
    paths = sorted(folder.glob(f"*{NCNN}")) if folder.is_dir() else []
    if not paths:
        raise AipuError(
            "no .param files here",
            place=str(folder),
            remedy="a clone of ncnn has them in its folder `benchmark`",
        )
    return {path.stem: _of_param(path, shapes) for path in paths}


def _of_file(path: Path, shapes: Shapes) -> Candidate:
    if not path.exists():
        raise AipuError("no such file", place=str(path))
    if path.suffix == NCNN:
        return _of_param(path, shapes)
    return Candidate(path.stem, lambda: path, None, shapes)


def _of_param(path: Path, shapes: Shapes) -> Candidate:
    """What its text leaves open is as said, or as ncnn's benchmark has it."""
    try:
        layers = read_param(path, Warnings())
    except AipuError:
        layers = []
    known = published().get(path.stem)
    stated: dict[str, Sequence[int]] = {}
    for name, extents in inputs_of(layers).items():
        if name in shapes:
            stated[name] = shapes[name]
        elif extents is None and known is not None:
            stated[name] = (1, 3, known.extent, known.extent)
    return Candidate(
        path.stem,
        lambda: path,
        None if path.with_suffix(".bin").is_file() else SEED,
        stated,
        path,
        any(map(has_activation_scales, layers)),
    )
