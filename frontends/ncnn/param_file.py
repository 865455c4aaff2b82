"""Reading `.param`: a line a layer.

    7767517                                                    the format's number
    3 3                                                        layers, blobs
    Input        data 0 1 data 0=4 1=4 2=1
    InnerProduct ip   1 1 data fc 0=10 1=1 2=160 -23310=1,0.5

A layer has an operator, a name, the numbers of its bottoms and tops, their names, and
parameters `number=value`; key -23300 - n holds an array, its length first. Source:
ncnn's docs, "param and model file structure".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AipuError, Warnings
from ..input_shapes import Extents
from ..layers.graph import Layer

MAGIC = "7767517"
AN_END = "Noop"
"""Only names blobs as outputs."""

FIRST_ARRAY = -23300
LARGEST_FILE = 1 << 26
"""Bytes; a thousand times what a network needs."""


@dataclass(frozen=True)
class NcnnLayer(Layer):
    """`parameters` by number: the words of each value, one if it is no array."""

    parameters: Mapping[int, Sequence[str]]


def read_param(path: Path, warnings: Warnings) -> list[NcnnLayer]:
    """The layers of a `.param` file.

    Args:
        path: of the file.
        warnings: what in it is not read is added here.

    Raises:
        AipuError: it cannot be read, or a line is not as the format wants it.
    """
    lines = _text(path).split("\n")
    numbered = [(i, line.split()) for i, line in enumerate(lines, 1) if line.strip()]
    if not numbered or numbered[0][1] != [MAGIC]:
        raise AipuError(f"no ncnn text: it must begin with {MAGIC}", place=str(path))
    counts = numbered[1][1] if len(numbered) > 1 else []
    if len(counts) != 2 or not all(map(_is_count, counts)):
        raise AipuError(
            "expected the numbers of layers and of blobs", place=f"{path}:2"
        )
    if len(numbered) - 2 < int(counts[0]):
        raise AipuError(
            f"it promises {counts[0]} layers and has {len(numbered) - 2}",
            place=str(path),
            remedy="the file may be cut short",
        )
    # ncnn does not read those behind either. A Noop there makes no difference.
    for line, words in numbered[2 + int(counts[0]) :]:
        if words[0] != AN_END:
            message = f"behind the {counts[0]} layers that the file promises: not read"
            warnings.add(message, f"{path}:{line}")
    promised = numbered[2 : 2 + int(counts[0])]
    layers = [_layer(words, f"{path}:{line}") for line, words in promised]
    names: set[str] = set()
    for layer in layers:
        if layer.name in names:
            raise AipuError("its name is another layer's, too", place=layer.place)
        names.add(layer.name)
    return layers


def inputs_of(layers: Sequence[NcnnLayer]) -> dict[str, Extents | None]:
    """The blobs that a network is fed with, [1, C, H, W] or with fewer dimensions."""
    return {
        top: _extents(layer)
        for layer in layers
        if layer.operator == "Input"
        for top in layer.writes
    }


def integer(layer: NcnnLayer, number: int, default: int) -> int:
    """A whole parameter.

    Raises:
        AipuError: it is no integer of 32 bits.
    """
    words = layer.parameters.get(number)
    return default if words is None else _integers(layer, number, words)[0]


def integers(layer: NcnnLayer, number: int) -> list[int]:
    """An array of whole parameters; empty if there is none."""
    return _integers(layer, number, layer.parameters.get(number, ()))


def reals(layer: NcnnLayer, number: int) -> list[float]:
    """An array of real parameters; empty if there is none."""
    try:
        return [float(word) for word in layer.parameters.get(number, ())]
    except ValueError:
        raise AipuError(
            f"its parameter {number} is no real", place=layer.place
        ) from None


def _integers(layer: NcnnLayer, number: int, words: Sequence[str]) -> list[int]:
    values = [_integer(word) for word in words]
    kept = [value for value in values if value is not None]
    if len(kept) < len(values):
        raise AipuError(
            f"its parameter {number} is no integer of 32 bits: {','.join(words)}",
            place=layer.place,
        )
    return kept


def _integer(word: str) -> int | None:
    """The integer that a word says, None if it says none."""
    digits = word.removeprefix("-")
    if not _is_count(digits):
        return None
    value = -int(digits) if word.startswith("-") else int(digits)
    return value if -(1 << 31) <= value < 1 << 31 else None


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 10


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise AipuError("far too large for a .param file", place=str(path))
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise AipuError(f"cannot read: {error.strerror}", place=str(path)) from error
    except UnicodeDecodeError:
        raise AipuError(
            "it is no text",
            place=str(path),
            remedy="ncnn's binary .param.bin is not read; give the text it came from",
        ) from None


def _layer(words: Sequence[str], place: str) -> NcnnLayer:
    if len(words) < 4 or not all(map(_is_count, words[2:4])):
        raise AipuError(
            "expected an operator, a name, and how many blobs it reads and writes",
            place=place,
        )
    bottoms, tops = int(words[2]), int(words[3])
    names, values = words[4 : 4 + bottoms + tops], words[4 + bottoms + tops :]
    if len(names) < bottoms + tops or any("=" in name for name in names):
        raise AipuError(f"expected the names of {bottoms + tops} blobs", place=place)
    return NcnnLayer(
        name=words[1],
        operator=words[0],
        reads=tuple(names[:bottoms]),
        writes=tuple(names[bottoms:]),
        parameters=dict(_parameter(value, place) for value in values),
    )


def _parameter(text: str, place: str) -> tuple[int, Sequence[str]]:
    key, equals, value = text.partition("=")
    number = _integer(key)
    words = value.split(",")
    if not equals or number is None or not all(words):
        raise AipuError(f"expected number=value, found '{text}'", place=place)
    if number > FIRST_ARRAY:
        return number, words
    if _integer(words[0]) != len(words) - 1:
        raise AipuError(
            f"expected {words[0]} elements in '{text}', found {len(words) - 1}",
            place=place,
        )
    return FIRST_ARRAY - number, words[1:]


def _extents(layer: NcnnLayer) -> Extents | None:
    extents = [integer(layer, number, 0) for number in (2, 11, 1, 0)]
    known = [extent for extent in extents if extent]
    if min(extents) < 0:
        raise AipuError(f"a blob of the shape {known}", place=layer.place)
    return (1, *known) if known else None
