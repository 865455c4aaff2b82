"""The kinds of fields that instructions have: their bytes and their place in an op.

All numbers are little-endian. A field knows nothing of the instructions it is in.
"""

import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, StringAttr, i64
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects.aipu import (
    BufferOp,
    Dataflow,
    DataflowAttr,
    Engine,
    EngineAttr,
    Extent,
    ExtentAttr,
    Index,
    IndexAttr,
    IndicesAttr,
    Space,
    index,
)
from ..dialects.aipu.index import MAX_DEPTH
from ..dialects.aipu.program import MAX_TOKENS
from .faults import OperationError
from .program import Reference, Value
from .views import View


@dataclass(frozen=True)
class Symbols:
    """What fields refer to by number: strings and buffers, in their order."""

    strings: Mapping[str, int]
    buffers: Mapping[str, int]


@dataclass(frozen=True)
class Names:
    """The same the other way round."""

    strings: Sequence[str]
    buffers: Sequence[str]


@dataclass(frozen=True)
class Field(ABC):
    """One field of an instruction: a name and a line of documentation.

    default: the value where a text does not say; None where it must.
    """

    name: str
    doc: str
    default: Value | None = field(default=None, kw_only=True)

    layout: ClassVar[str]

    @property
    def format(self) -> str:
        """The numbers that it takes in a descriptor, as `struct` writes their types."""
        return self.layout

    @cached_property
    def width(self) -> int:
        """How many numbers these are."""
        layout = struct.Struct(f"<{self.format}")
        return len(layout.unpack(bytes(layout.size)))

    @abstractmethod
    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        """The value as the numbers that are packed."""

    @abstractmethod
    def value(self, numbers: Sequence[int], names: Names) -> Value:
        """The value that numbers stand for."""

    @abstractmethod
    def read(self, op: Operation) -> Value:
        """The value in an operation of the `aipu` dialect."""

    @abstractmethod
    def write(self, value: Value) -> Mapping[str, Attribute]:
        """The value as properties of an operation."""

    def check(self, numbers: Sequence[int]) -> None:
        """Whether numbers are of their types.

        Raises:
            struct.error: one is not.
        """
        struct.pack(f"<{self.format}", *numbers)


@dataclass(frozen=True)
class IntegerField(Field):
    """One integer, of the `struct` type `code`."""

    code: str = "i"

    @property
    def format(self) -> str:
        return self.code

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, int)
        return (value,)

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        return numbers[0]

    def read(self, op: Operation) -> Value:
        attribute = getattr(op, self.name)
        assert isinstance(attribute, IntegerAttr)
        return attribute.value.data

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, int)
        return {self.name: IntegerAttr(value, i64)}


@dataclass(frozen=True)
class IntegersField(Field):
    """A fixed number of integers, of the `struct` type `code`."""

    count: int = 2
    code: str = "i"

    @property
    def format(self) -> str:
        return f"{self.count}{self.code}"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, tuple)
        return [number for number in value if isinstance(number, int)]

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        return tuple(numbers)

    def read(self, op: Operation) -> Value:
        attribute = getattr(op, self.name)
        assert isinstance(attribute, DenseArrayBase)
        return tuple(map(int, attribute.get_values()))

    def write(self, value: Value) -> Mapping[str, Attribute]:
        numbers = self.numbers(value, Symbols({}, {}))
        return {self.name: DenseArrayBase.from_list(i64, list(numbers))}


@dataclass(frozen=True)
class CreditsField(IntegersField):
    """A count for each token; trailing zeros are there in the bytes only."""

    count: int = MAX_TOKENS
    code: str = "B"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        counts = super().numbers(value, symbols)
        return [*counts, *(0,) * (self.count - len(counts))]

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        used = max((i + 1 for i, count in enumerate(numbers) if count), default=0)
        return tuple(numbers[:used])

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, tuple)
        counts = [count for count in value if isinstance(count, int)]
        return {self.name: DenseArrayBase.from_list(i64, counts)}


@dataclass(frozen=True)
class StringField(Field):
    """A string of the string table."""

    layout = "I"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, str)
        return (symbols.strings[value],)

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        return names.strings[numbers[0]]

    def read(self, op: Operation) -> Value:
        attribute = getattr(op, self.name)
        assert isinstance(attribute, StringAttr)
        return attribute.data

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, str)
        return {self.name: StringAttr(value)}


@dataclass(frozen=True)
class IndexField(Field):
    """An affine function of the loop counters: base, then a stride for each depth."""

    layout = f"{1 + MAX_DEPTH}i"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, Index)
        return _index_numbers(value)

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        return index(numbers[0], numbers[1:])

    def read(self, op: Operation) -> Value:
        return _index(getattr(op, self.name))

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, Index)
        return {self.name: IndexAttr(value)}


@dataclass(frozen=True)
class IndicesField(Field):
    """A position in a tensor: an index for each dimension."""

    count: int = 4

    @property
    def format(self) -> str:
        return f"{self.count * (1 + MAX_DEPTH)}i"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, tuple)
        return [
            number
            for position in value
            if isinstance(position, Index)
            for number in _index_numbers(position)
        ]

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        step = 1 + MAX_DEPTH
        return tuple(
            index(numbers[i], numbers[i + 1 : i + step])
            for i in range(0, len(numbers), step)
        )

    def read(self, op: Operation) -> Value:
        attribute = getattr(op, self.name)
        assert isinstance(attribute, IndicesAttr)
        return attribute.data

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, tuple)
        positions = tuple(index for index in value if isinstance(index, Index))
        return {self.name: IndicesAttr(positions)}


@dataclass(frozen=True)
class ExtentField(Field):
    """What is left of a tile: its size, the total, and the position."""

    layout = f"2I{1 + MAX_DEPTH}i"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, Extent)
        return (value.size, value.total, *_index_numbers(value.position))

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        return Extent(numbers[0], numbers[1], index(numbers[2], numbers[3:]))

    def read(self, op: Operation) -> Value:
        attribute = getattr(op, self.name)
        assert isinstance(attribute, ExtentAttr)
        return attribute.data

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, Extent)
        return {self.name: ExtentAttr(value)}


@dataclass(frozen=True)
class ReferenceField(Field):
    """An operand: the number of its buffer, the slot, and the first byte in it.

    view: the bytes that are touched, from there on.
    spaces: where the buffer may lie.
    writes: whether the bytes are written, else they are read.
    in_place: whether they may be those that are written: each is read before.
    """

    view: View
    spaces: tuple[Space, ...] = (Space.SRAM,)
    writes: bool = False
    in_place: bool = False
    layout = f"H{2 * (1 + MAX_DEPTH)}i"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        assert isinstance(value, Reference)
        return (
            symbols.buffers[value.buffer],
            *_index_numbers(value.slot),
            *_index_numbers(value.byte),
        )

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        middle = 2 + MAX_DEPTH
        return Reference(
            names.buffers[numbers[0]],
            index(numbers[1], numbers[2:middle]),
            index(numbers[middle], numbers[middle + 1 :]),
        )

    def read(self, op: Operation) -> Value:
        operand: SSAValue = getattr(op, self.name)
        if not isinstance(operand.owner, BufferOp):
            raise OperationError(
                op, f"{op.name}: the operand '{self.name}' must be an aipu.buffer"
            )
        return Reference(
            operand.owner.buffer_name.data,
            _index(getattr(op, f"{self.name}_slot")),
            _index(getattr(op, f"{self.name}_byte")),
        )

    def write(self, value: Value) -> Mapping[str, Attribute]:
        assert isinstance(value, Reference)
        return {
            f"{self.name}_slot": IndexAttr(value.slot),
            f"{self.name}_byte": IndexAttr(value.byte),
        }


@dataclass(frozen=True)
class ChoiceField(Field):
    """One of the values of an enumeration, by its place."""

    choices: type[Dataflow] | type[Engine] = Dataflow
    layout = "B"

    def numbers(self, value: Value, symbols: Symbols) -> Sequence[int]:
        return (list(self.choices).index(self.choices(str(value))),)

    def value(self, numbers: Sequence[int], names: Names) -> Value:
        return list(self.choices)[numbers[0]]

    def read(self, op: Operation) -> Value:
        attribute = getattr(op, self.name)
        assert isinstance(attribute, DataflowAttr | EngineAttr)
        return attribute.data

    def write(self, value: Value) -> Mapping[str, Attribute]:
        choice = self.choices(str(value))
        if isinstance(choice, Engine):
            return {self.name: EngineAttr(choice)}
        return {self.name: DataflowAttr(choice)}


def _index(attribute: Attribute) -> Index:
    assert isinstance(attribute, IndexAttr)
    return attribute.data


def _index_numbers(value: Index) -> tuple[int, ...]:
    return (value.base, *value.strides, *(0,) * (MAX_DEPTH - len(value.strides)))
