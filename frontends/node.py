"""One node of a model on its way to `nn`: what it reads, whatever the format."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from xdsl.ir import SSAValue

from ..dialects.nn.shapes import Shape
from .constant import Constant, Value
from .input_shapes import Batch
from .network import Emitter
from .vocabulary.moving import shape

Key = TypeVar("Key", int, str)
"""Formats know their inputs by position or by name."""


@dataclass
class Node(Emitter, Generic[Key]):
    """What a converter works with; a format's own node also reads its attributes.

    batch: what became of the leading extent of the inputs of the model.
    """

    batch: Batch

    @abstractmethod
    def has(self, key: Key) -> bool:
        """Whether an optional input is there."""

    @abstractmethod
    def value(self, key: Key) -> Value:
        """An input that must be there."""

    def called(self, key: Key) -> str:
        """What an error calls an input."""
        return f"its input {key}"

    def tensor(self, key: Key) -> SSAValue:
        """An input as an operand."""
        return self.operand(self.value(key))

    def shape(self, key: Key) -> Shape:
        """The shape of an input."""
        return shape(self.value(key))

    def constant(self, key: Key) -> Constant:
        """An input that must be known now."""
        found = self.value(key)
        if not isinstance(found, Constant):
            raise self.unsupported(f"{self.called(key)} is not constant")
        return found

    def constant_integers(self, key: Key) -> list[int]:
        """The elements of a constant whole number, or of a list of them."""
        array = self.constant(key).array
        if array.dtype.kind not in "iu" or array.ndim > 1:
            raise self.wrong(f"{self.called(key)} is no list of integers")
        return array.reshape(-1).tolist()

    def constant_integer(self, key: Key) -> int:
        """The only element of a constant."""
        integers = self.constant_integers(key)
        if len(integers) != 1:
            raise self.wrong(f"{self.called(key)} is no integer, found {integers}")
        return integers[0]

    def constant_pairs(self, key: Key) -> list[tuple[int, int]]:
        """The rows of a constant table of pairs of integers."""
        array = self.constant(key).array
        if array.dtype.kind not in "iu" or array.ndim != 2 or array.shape[1] != 2:
            raise self.wrong(f"{self.called(key)} is no list of pairs")
        return [(first, second) for first, second in array.tolist()]

    def constant_real(self, key: Key) -> float:
        """The only element of a constant."""
        reals = self.constant(key).reals
        if reals.size != 1 or reals.dtype.kind not in "fiu":
            raise self.wrong(f"{self.called(key)} is no real number")
        return float(reals.item())

    def per_channel(self, key: Key, channels: int) -> SSAValue:
        """A constant of one real a channel, as an operand."""
        found = self.constant(key)
        if found.array.shape != (channels,):
            raise self.wrong(
                f"'{found.name}' has the shape {list(found.array.shape)}, expected "
                f"one number for each of {channels} channels"
            )
        return self.operand(found)

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from 0; files may count from the end."""
        if not -rank <= axis < rank:
            raise self.wrong(f"axis {axis} of a tensor of rank {rank}")
        return axis % rank

    def axis_of(self, key: Key, axis: int) -> int:
        """An axis of an input, counted from 0."""
        return self.axis(axis, len(self.shape(key)))


@dataclass
class Positional(Node[int]):
    """A node that knows its inputs by their positions, of which some may be empty."""

    inputs: Sequence[Value | None]

    def has(self, key: int) -> bool:
        return key < len(self.inputs) and self.inputs[key] is not None

    def value(self, key: int) -> Value:
        found = self.inputs[key] if key < len(self.inputs) else None
        if found is None:
            raise self.wrong(f"its input {key} is missing")
        return found

    def values(self) -> list[Value]:
        """All inputs, which must be there."""
        if not self.inputs:
            raise self.wrong("it has no inputs")
        return [self.value(position) for position in range(len(self.inputs))]

    def tensors(self) -> list[SSAValue]:
        """All inputs as operands."""
        return [self.operand(value) for value in self.values()]
