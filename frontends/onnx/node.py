"""One ONNX node on its way to `nn`: what it reads, its attributes, what it emits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from onnx import AttributeProto, NodeProto
from xdsl.ir import SSAValue

from ...dialects.nn import DequantiseOp
from ...dialects.quant import quantisation
from ..constant import Value
from ..node import Positional

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
class Node(Positional):
    """What a converter works with.

    Converters read every attribute they know; one that is never read is unsupported.
    """

    proto: NodeProto
    opset: int
    _attributes: dict[str, AttributeProto] = field(init=False)
    _unread: dict[str, None] = field(init=False)

    def __post_init__(self) -> None:
        attributes = self.proto.attribute
        self._attributes = {attribute.name: attribute for attribute in attributes}
        self._unread = dict.fromkeys(self._attributes)

    def called(self, key: int) -> str:
        return f"its input '{self.proto.input[key]}'"

    def gives(self, attribute: str) -> bool:
        """Whether an attribute is there."""
        return attribute in self._attributes

    def operand(self, value: Value) -> SSAValue:
        """A constant as an `nn.weight`, integers as the reals that they stand for."""
        found = super().operand(value)
        return found if quantisation(found) is None else self.emit(DequantiseOp(found))

    def on(self, inputs: Sequence[Value | None]) -> "Node":
        """The same node with other inputs; an attribute is read on behalf of both."""
        other = replace(self, inputs=inputs)
        other._unread = self._unread
        return other

    def constant_real(self, key: int) -> float:
        return shortest(super().constant_real(key))

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

    def unread(self) -> str:
        return f"attributes {list(self._unread)}" if self._unread else ""

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
