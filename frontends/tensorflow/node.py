"""One TensorFlow node on its way to `nn`: its inputs, its attributes, what it emits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.ir import SSAValue

from ...errors import AipuError
from ..constant import Constant, Value
from ..node import Node as AnyNode
from .graph_def import Attribute, NodeDef, Tensor
from .tensor_proto import DataType
from .values import Elements, Output


@dataclass
class Node(AnyNode[int]):
    """What a converter works with.

    `name` counts the turns of the loops that the node lies in; its weights, which are
    the same in every turn, are named after `definition`.
    """

    definition: NodeDef
    inputs: Sequence[Output]

    @property
    def place(self) -> str:
        """What an error calls the node, whatever the turn."""
        return self.definition.place

    def has(self, key: int) -> bool:
        return key < len(self.inputs)

    def called(self, key: int) -> str:
        return f"its input '{self.definition.inputs[key]}'"

    def output(self, position: int) -> Output:
        """An input that must be there, whatever it is."""
        if position >= len(self.inputs):
            raise self.wrong(f"its input {position} is missing")
        return self.inputs[position]

    def value(self, key: int) -> Value:
        found = self.output(key)
        if not isinstance(found, SSAValue | Constant):
            raise self.wrong(f"its input {key} is no tensor")
        return found

    def values(self, positions: range | None = None) -> list[Value]:
        """Inputs, all of them by default."""
        chosen = range(len(self.inputs)) if positions is None else positions
        return [self.value(position) for position in chosen]

    def tensors(self) -> list[SSAValue]:
        """All inputs as operands."""
        return [self.operand(value) for value in self.values()]

    def elements(self, position: int) -> Elements:
        """An input that is a tensor array or a list."""
        found = self.output(position)
        if not isinstance(found, Elements):
            raise self.wrong(f"its input {position} is no tensor array")
        return found

    def integer(self, name: str, default: int | None = None) -> int:
        """An attribute; without a default it is required."""
        found = self.definition.attributes.get(name, default)
        if isinstance(found, bool) or not isinstance(found, int):
            raise self.misfit(name, "an integer")
        return found

    def integers(self, name: str, default: Sequence[int] = ()) -> list[int]:
        """An attribute."""
        found = self.definition.attributes.get(name, default)
        if not isinstance(found, list | tuple):
            raise self.misfit(name, "a list of integers")
        integers = [value for value in found if isinstance(value, int)]
        if len(integers) != len(found):
            raise self.misfit(name, "a list of integers")
        return integers

    def real(self, name: str, default: float) -> float:
        """An attribute."""
        found = self.definition.attributes.get(name, default)
        if not isinstance(found, float):
            raise self.misfit(name, "a real")
        return shortest(found)

    def text(self, name: str, default: str) -> str:
        """An attribute."""
        found = self.definition.attributes.get(name, default.encode())
        if not isinstance(found, bytes):
            raise self.misfit(name, "a text")
        return found.decode(errors="replace")

    def flag(self, name: str, default: bool) -> bool:
        """An attribute."""
        found = self.definition.attributes.get(name, default)
        if not isinstance(found, bool):
            raise self.misfit(name, "true or false")
        return found

    def dtype(self, name: str) -> DataType:
        """An attribute."""
        found = self.definition.attributes.get(name)
        if not isinstance(found, DataType):
            raise self.misfit(name, "a type")
        return found

    def literal(self, name: str) -> Tensor:
        """An attribute."""
        found: Attribute = self.definition.attributes.get(name)
        if not isinstance(found, Tensor):
            raise self.misfit(name, "a tensor")
        return found

    def misfit(self, name: str, kind: str) -> AipuError:
        """The error of an attribute that is missing or of another kind."""
        return self.wrong(f"its attribute '{name}' must be {kind}")

    def no_bias(self, channels: int) -> SSAValue:
        """Zeros, where `nn` has a bias and the node has none."""
        key = f"{self.definition.name}/bias"
        return self.weight(key, np.zeros(channels, np.float32))

    def channels_first(self) -> bool:
        """Whether feature maps are [N, C, H, W] here.

        Raises:
            UnsupportedError: they are of another layout.
        """
        layout = self.text("data_format", "NHWC")
        if layout not in ("NHWC", "NCHW"):
            raise self.unsupported(f"the data_format {layout}")
        return layout == "NCHW"


def shortest(value: float) -> float:
    """The decimal that was meant: 0.001 where float32 holds 0.0010000000474974513."""
    with np.errstate(over="ignore"):
        return float(str(np.float32(value)))
