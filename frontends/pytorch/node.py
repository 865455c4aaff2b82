"""One node of an exported program on its way to `nn`: its arguments by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from xdsl.ir import SSAValue

from ..constant import Constant, Value
from ..node import Node as AnyNode
from .program_node import ProgramNode
from .schema import Argument

LARGEST_WHOLE = 1 << 24
"""Up to here f32 holds every whole number."""

Field = TypeVar("Field")

HARMLESS = frozenset(
    [
        "copy",
        "cudnn_enabled",
        "device",
        "generator",
        "implicit",
        "layout",
        "memory_format",
        "momentum",
        "non_blocking",
        "pin_memory",
        "requires_grad",
    ]
)
"""Arguments that make no difference to a network that is only run."""


@dataclass
class Node(AnyNode[str]):
    """What a converter works with.

    Converters read every argument they know; one that is never read is unsupported.
    An argument with a default may be missing, or be None where torch allows that.
    """

    source: ProgramNode
    values: Mapping[str, Value]
    _read: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        return self.source.place

    def called(self, key: str) -> str:
        return f"its argument '{key}'"

    def has(self, key: str) -> bool:
        """Whether an optional argument is there, and is not None."""
        argument = self._argument(key)
        return argument is not None and argument.as_none is None

    def value(self, key: str) -> Value:
        """A tensor; a number is a constant without axes."""
        argument = self._required(key)
        if argument.as_tensor is not None:
            return self._known(argument.as_tensor.name)
        for number in (argument.as_bool, argument.as_int):
            if number is not None:
                return Constant(f"{self.name}/{key}", np.array(number))
        if argument.as_float is not None:
            number = np.array(self._real(key, argument.as_float), np.float32)
            return Constant(f"{self.name}/{key}", number)
        raise self.wrong(f"its argument '{key}' must be a tensor")

    def values_of(self, name: str) -> list[Value]:
        """A list of tensors."""
        tensors = self._given(
            name, self._required(name).as_tensors, "a list of tensors"
        )
        return [self._known(tensor.name) for tensor in tensors]

    def optional_values_of(self, name: str) -> list[Value | None]:
        """A list of tensors, some of which may be missing."""
        argument = self._required(name)
        if argument.as_optional_tensors is None:
            return list(self.values_of(name))
        return [
            None if entry.as_tensor is None else self._known(entry.as_tensor.name)
            for entry in argument.as_optional_tensors
        ]

    def tensors(self, name: str) -> list[SSAValue]:
        """A list of tensors as operands."""
        return [self.operand(value) for value in self.values_of(name)]

    def operand(self, value: Value) -> SSAValue:
        """A constant as an `nn.weight`; f32 must hold all of its whole numbers."""
        if isinstance(value, Constant):
            self._check_whole(value)
        return super().operand(value)

    def _check_whole(self, value: Constant) -> None:
        whole = value.array.dtype.kind in "iu"
        if whole and np.any(np.abs(value.array) > LARGEST_WHOLE):
            raise self.unsupported(
                f"'{value.name}' holds whole numbers beyond {LARGEST_WHOLE}"
            )

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number; without a default it is required."""
        if default is not None and not self.has(name):
            return default
        return self._given(name, self._required(name).as_int, "a whole number")

    def integers(self, name: str, default: Sequence[int] | None = None) -> list[int]:
        """A list of whole numbers, or one."""
        if default is not None and not self.has(name):
            return list(default)
        argument = self._required(name)
        if argument.as_int is not None:
            return [argument.as_int]
        if argument.as_sym_ints is not None:
            raise self.unsupported(f"its argument '{name}' is computed")
        return self._given(
            name, self._required(name).as_ints, "a list of whole numbers"
        )

    def pair(self, name: str, default: int, rank: int) -> tuple[int, int]:
        """A number for rows and one for columns, of which `rank` are given, or one."""
        found = self.integers(name, [default]) or [default]
        if len(found) == 1 and rank == 2:
            return (found[0], found[0])
        if len(found) != rank:
            raise self.wrong(f"expected {rank} numbers for '{name}', found {found}")
        # A single row has nothing but the default.
        return (default, found[0]) if rank == 1 else (found[0], found[1])

    def real(self, name: str, default: float | None = None) -> float:
        """A real number; without a default it is required."""
        if default is not None and not self.has(name):
            return default
        argument = self._required(name)
        if argument.as_int is not None:
            return float(argument.as_int)
        return self._real(
            name, self._given(name, self._required(name).as_float, "a real number")
        )

    def reals(self, name: str) -> list[float]:
        """A list of real numbers."""
        found = self._given(
            name, self._required(name).as_floats, "a list of real numbers"
        )
        return [self._real(name, number) for number in found]

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        if not self.has(name):
            return default
        return self._given(name, self._required(name).as_bool, "true or false")

    def text(self, name: str, default: str) -> str:
        """A string."""
        if not self.has(name):
            return default
        return self._given(name, self._required(name).as_string, "a string")

    def dtype(self) -> int | None:
        """torch's code of the type that the result is to have."""
        if not self.has("dtype"):
            return None
        return self._given(
            "dtype", self._required("dtype").as_scalar_type, "a type of elements"
        )

    def ignore(self, *names: str) -> None:
        """These arguments make no difference here."""
        self._read.update(names)

    def unread(self) -> str:
        found = [
            name
            for name, argument in self.source.arguments.items()
            if name not in self._read | HARMLESS and argument.as_none is None
        ]
        return f"arguments {found}" if found else ""

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from 0; torch may count from the end."""
        if not -max(rank, 1) <= axis < max(rank, 1):
            raise self.wrong(f"axis {axis} of a tensor of rank {rank}")
        return axis % max(rank, 1)

    def _known(self, name: str) -> Value:
        if name not in self.values:
            raise self.wrong(f"it reads '{name}', of which nothing is known")
        return self.values[name]

    def _argument(self, name: str) -> Argument | None:
        self._read.add(name)
        return self.source.arguments.get(name)

    def _required(self, name: str) -> Argument:
        argument = self._argument(name)
        if argument is None:
            raise self.wrong(f"its argument '{name}' is missing")
        return argument

    def _given(self, name: str, found: Field | None, kind: str) -> Field:
        """An argument that must be of a kind."""
        if found is None:
            raise self.wrong(f"its argument '{name}' must be {kind}")
        return found

    def _real(self, name: str, number: float | str) -> float:
        """Infinities and NaN are strings."""
        try:
            return float(number)
        except ValueError:
            raise self.wrong(f"its argument '{name}' is no number") from None
