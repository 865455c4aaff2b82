"""One ONNX node on its way to `nn`: what it reads, its attributes, what it emits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from onnx import AttributeProto, NodeProto
from xdsl.ir import SSAValue

from ...dialects.nn import DequantiseOp
from ...dialects.quant import quantisation
from ..input_shapes import Batch
from ..network import Emitter
from .constants import Constant

Value = SSAValue | Constant
"""A tensor of the network under construction: computed at run time, or known now."""

KINDS = {
    AttributeProto.INT: "an integer",
    AttributeProto.INTS: "a list of integers",
    AttributeProto.FLOAT: "a real",
    AttributeProto.FLOATS: "a list of reals",
    AttributeProto.STRING: "a string",
    AttributeProto.STRINGS: "a list of strings",
}


LARGEST_REAL = float(np.finfo(np.float32).max)


@dataclass
class Node(Emitter):
    """What a converter works with.

    Converters read every attribute they know; one that is never read is unsupported.
    """

    proto: NodeProto
    inputs: Sequence[Value | None]
    opset: int
    batch: Batch
    _attributes: dict[str, AttributeProto] = field(init=False)
    _unread: dict[str, None] = field(init=False)

    def __post_init__(self) -> None:
        attributes = self.proto.attribute
        self._attributes = {attribute.name: attribute for attribute in attributes}
        self._unread = dict.fromkeys(self._attributes)

    def has(self, position: int) -> bool:
        """Whether an optional input is there."""
        return position < len(self.inputs) and self.inputs[position] is not None

    def gives(self, attribute: str) -> bool:
        """Whether an attribute is there."""
        return attribute in self._attributes

    def value(self, position: int) -> Value:
        """An input that must be there."""
        found = self.inputs[position] if position < len(self.inputs) else None
        if found is None:
            raise self.wrong(f"its input {position} is missing")
        return found

    def tensor(self, position: int) -> SSAValue:
        """An input as an operand: a constant as an `nn.weight`, integers as reals."""
        found = self.value(position)
        if isinstance(found, Constant):
            return self.kept(found)
        return found if quantisation(found) is None else self.emit(DequantiseOp(found))

    def kept(self, constant: Constant) -> SSAValue:
        """A constant as an `nn.weight`."""
        return self.weight(constant.name, constant.array, constant.channel_scale)

    def on(self, inputs: Sequence[Value | None]) -> "Node":
        """The same node with other inputs; an attribute is read on behalf of both."""
        other = replace(self, inputs=inputs)
        other._unread = self._unread
        return other

    def tensors(self) -> list[SSAValue]:
        """All inputs as operands."""
        return [self.tensor(position) for position in range(len(self.inputs))]

    def constant(self, position: int) -> Constant:
        """An input that must be known now."""
        found = self.value(position)
        if not isinstance(found, Constant):
            name = self.proto.input[position]
            raise self.unsupported(f"its input '{name}' is not constant")
        return found

    def constant_integers(self, position: int) -> list[int]:
        """The elements of a constant list of integers."""
        array = self.constant(position).array
        if array.dtype.kind not in "iu" or array.ndim > 1:
            raise self.wrong(f"its input {position} is no list of integers")
        return array.reshape(-1).tolist()

    def constant_real(self, position: int) -> float:
        """The element of a constant of one element."""
        array = self.constant(position).array
        if array.size != 1:
            raise self.wrong(f"its input {position} is no scalar")
        return shortest(array.reshape(()).item())

    def integer(self, name: str, default: int | None = None) -> int:
        """An attribute; without a default it is required."""
        found = self._attribute(name, AttributeProto.INT)
        if found is not None:
            return found.i
        if default is None:
            raise self.wrong(f"its attribute '{name}' is missing")
        return default

    def integers(self, name: str) -> list[int] | None:
        """An attribute, None if it is not there."""
        found = self._attribute(name, AttributeProto.INTS)
        return None if found is None else list(found.ints)

    def real(self, name: str, default: float) -> float:
        """An attribute."""
        found = self._attribute(name, AttributeProto.FLOAT)
        return default if found is None else shortest(found.f)

    def reals(self, name: str) -> list[float]:
        """An attribute, empty if it is not there."""
        found = self._attribute(name, AttributeProto.FLOATS)
        return [] if found is None else list(map(shortest, found.floats))

    def text(self, name: str, default: str) -> str:
        """An attribute."""
        found = self._attribute(name, AttributeProto.STRING)
        return default if found is None else found.s.decode(errors="replace")

    def texts(self, name: str) -> list[str]:
        """An attribute, empty if it is not there."""
        found = self._attribute(name, AttributeProto.STRINGS)
        if found is None:
            return []
        return [text.decode(errors="replace") for text in found.strings]

    def ignore(self, *names: str) -> None:
        """These attributes make no difference to a network that is only run."""
        for name in names:
            self._unread.pop(name, None)

    def unread(self) -> list[str]:
        """The attributes that no converter asked for."""
        return list(self._unread)

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from 0; ONNX may count from the end."""
        if not -rank <= axis < rank:
            raise self.wrong(f"axis {axis} of a tensor of rank {rank}")
        return axis % rank

    def per_channel(self, position: int, channels: int) -> SSAValue:
        """A constant input of one real a channel, as an operand."""
        found = self.constant(position)
        if found.array.shape != (channels,):
            raise self.wrong(
                f"'{found.name}' has the shape {list(found.array.shape)}, expected "
                f"one number for each of {channels} channels"
            )
        return self.weight(found.name, found.array)

    def _attribute(
        self, name: str, kind: AttributeProto.AttributeType
    ) -> AttributeProto | None:
        self._unread.pop(name, None)
        found = self._attributes.get(name)
        if found is not None and found.type != kind:
            raise self.wrong(f"its attribute '{name}' must be {KINDS[kind]}")
        return found


def shortest(value: float) -> float:
    """The decimal that was meant: 1e-05 where float32 holds 9.99999974738e-06.

    But nothing beyond float32, as the decimal of its largest number is.
    """
    with np.errstate(over="ignore"):
        single = np.float32(value)
    meant = float(str(single))
    return float(single) if abs(meant) > LARGEST_REAL else meant
