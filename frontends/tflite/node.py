"""One TFLite operator on its way to `nn`: what it reads, its options, what it emits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ..input_shapes import Batch
from ..network import Emitter
from .constant import Constant
from .graph import Operator, Tensor

Value = SSAValue | Constant
"""A tensor of the network under construction: computed at run time, or known now."""


@dataclass
class Node(Emitter):
    """What a converter works with. `results` is what the file says of the outputs."""

    source: Operator
    inputs: Sequence[Value | None]
    results: Sequence[Tensor]
    batch: Batch

    def has(self, position: int) -> bool:
        """Whether an optional input is there."""
        return position < len(self.inputs) and self.inputs[position] is not None

    def value(self, position: int) -> Value:
        """An input that must be there."""
        found = self.inputs[position] if position < len(self.inputs) else None
        if found is None:
            raise self.wrong(f"its input {position} is missing")
        return found

    def values(self) -> list[Value]:
        """All inputs, which must be there."""
        if not self.inputs:
            raise self.wrong("it has no inputs")
        return [self.value(position) for position in range(len(self.inputs))]

    def shape(self, position: int) -> Shape:
        """The shape of an input."""
        return shape(self.value(position))

    def tensor(self, position: int) -> SSAValue:
        """An input as an operand; a constant becomes an `nn.weight`."""
        return self.operand(self.value(position))

    def operand(self, value: Value) -> SSAValue:
        """A value as an operand."""
        if isinstance(value, Constant):
            return self.known(value)
        return value

    def known(self, constant: Constant) -> SSAValue:
        """A constant as an operand: its reals."""
        stored = constant.array.dtype.kind in "iub"
        if stored and constant.quantisation is None and constant.array.ndim:
            raise self.unsupported(f"'{constant.name}' holds integers without a scale")
        return self.weight(constant.name, constant.reals, constant.steps)

    def constant(self, position: int) -> Constant:
        """An input that must be known now."""
        found = self.value(position)
        if not isinstance(found, Constant):
            raise self.unsupported(f"its input {position} is not constant")
        return found

    def constant_integers(self, position: int) -> list[int]:
        """The elements of a constant list of integers."""
        array = self.constant(position).array
        if array.dtype.kind not in "iu" or array.ndim > 1:
            raise self.wrong(f"its input {position} is no list of integers")
        return array.reshape(-1).tolist()

    def constant_pairs(self, position: int, count: int) -> list[tuple[int, int]]:
        """The rows of a constant table of `count` pairs of integers."""
        array = self.constant(position).array
        if array.dtype.kind not in "iu" or array.shape != (count, 2):
            raise self.wrong(f"its input {position} is no table of {count} pairs")
        return [(first, second) for first, second in array.tolist()]

    def constant_real(self, position: int) -> float:
        """The element of a constant of one element."""
        reals = self.constant(position).reals
        if reals.size != 1:
            raise self.wrong(f"its input {position} is no scalar")
        return float(reals.item())

    def integer(self, name: str, default: int | None = None) -> int:
        """An option; without a default it is required."""
        found = self.source.options.get(name, default)
        if not isinstance(found, int):
            raise self.wrong(f"its option '{name}' is missing")
        return found

    def positive(self, name: str) -> int:
        """An option that counts something."""
        found = self.integer(name)
        if found < 1:
            raise self.wrong(f"its option '{name}' must be positive, found {found}")
        return found

    def integers(self, name: str) -> list[int]:
        """An option; empty if it is not there."""
        found = self.source.options.get(name, ())
        return list(found) if isinstance(found, tuple) else []

    def real(self, name: str) -> float:
        """An option; as the shortest decimal that float32 holds as the same number."""
        found = self.source.options.get(name)
        if not isinstance(found, int | float):
            raise self.wrong(f"its option '{name}' is missing")
        return float(str(np.float32(found)))

    def text(self, name: str, default: str | None = None) -> str:
        """An enumerated option; without a default it is required."""
        found = self.source.options.get(name, default)
        if not isinstance(found, str):
            raise self.wrong(f"its option '{name}' is missing")
        return found

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from 0; TFLite may count from the end."""
        if not -rank <= axis < rank:
            raise self.wrong(f"axis {axis} of a tensor of rank {rank}")
        return axis % rank


def shape(value: Value) -> Shape:
    """The shape of a tensor that is computed or known."""
    return value.array.shape if isinstance(value, Constant) else nn.shape(value)
