"""What the entry points of a program make together: the network that a driver runs.

A program without one has entry points, and nothing says what their bytes mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from xdsl.dialects.builtin import (
    Float16Type,
    Float32Type,
    Float64Type,
    IntegerType,
    Signedness,
)
from xdsl.ir import Attribute


class ElementKind(NamedTuple):
    """A kind of elements: its number in the driver's API, bytes, and its type."""

    number: int
    bytes: int
    type: Attribute


def _unsigned(bits: int) -> IntegerType:
    return IntegerType(bits, Signedness.UNSIGNED)


KINDS: Mapping[str, ElementKind] = {
    "bool": ElementKind(0x1, 1, IntegerType(1)),
    "uint8": ElementKind(0x2, 1, _unsigned(8)),
    "int8": ElementKind(0x3, 1, IntegerType(8)),
    "uint16": ElementKind(0x4, 2, _unsigned(16)),
    "int16": ElementKind(0x5, 2, IntegerType(16)),
    "uint32": ElementKind(0x6, 4, _unsigned(32)),
    "int32": ElementKind(0x7, 4, IntegerType(32)),
    "uint64": ElementKind(0x8, 8, _unsigned(64)),
    "int64": ElementKind(0x9, 8, IntegerType(64)),
    "float16": ElementKind(0xA, 2, Float16Type()),
    "float32": ElementKind(0xB, 4, Float32Type()),
    "float64": ElementKind(0xC, 8, Float64Type()),
}
"""The kinds of elements by their names, those of numpy."""


@dataclass(frozen=True)
class Tensor:
    """An input or output of a segment.

    kind: a name of `KINDS`.
    scale, zero_point: `real = scale * (stored - zero_point)`; a scale of 0 says that
        elements stand for themselves.
    layout: axis i is axis `layout[i]` of an input or output of the model; empty where
        it is neither.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    scale: float = 0.0
    zero_point: int = 0
    layout: tuple[int, ...] = ()

    @property
    def bytes(self) -> int:
        """How many bytes its elements take."""
        return prod(self.shape) * KINDS[self.kind].bytes


@dataclass(frozen=True)
class Segment:
    """A step of a network: an entry point by its name, or operators of the host.

    inputs, outputs: names of tensors, as the entry point takes and gives them.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """The segments from the first on the machine to the last, in the order they run.

    What the host does before and behind them is left to whoever calls: it brings
    reals to integers and into the machine's layout, and back.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tensors: tuple[Tensor, ...]
    segments: tuple[Segment, ...]

    def tensor(self, name: str) -> Tensor:
        """The tensor of a name."""
        return next(each for each in self.tensors if each.name == name)
