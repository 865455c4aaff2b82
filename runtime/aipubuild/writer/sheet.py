"""What is written of one operator: keys, values and constants, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from xdsl.dialects.builtin import IntegerType
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.quant import UniformType, quantisation
from ....errors import AipuError
from ....frontends.zhouyi_ir.constants import ConstantWriter
from ....frontends.zhouyi_ir.elements import OFFSETS
from ....frontends.zhouyi_ir.values import Value, value_text

UNSIGNED_ZERO = -128
"""A tensor whose 0 is the least int8 is a uint8 in the IR."""


@dataclass
class Sheet:
    """The keys of one layer.

    weights: what `nn.weight` reads; constants: where constants go.
    embedded: operands that are constants of the layer rather than inputs.
    """

    weights: Mapping[str, np.ndarray]
    constants: ConstantWriter
    fields: dict[str, str] = field(default_factory=dict)
    embedded: list[SSAValue] = field(default_factory=list)

    def put(self, **values: Value | Sequence[Value]) -> None:
        """Write values under their names."""
        self.fields |= {key: value_text(value) for key, value in values.items()}

    def keep(self, name: str, array: np.ndarray) -> None:
        """Write a constant."""
        self.fields |= self.constants.add(name, array)

    def embed(self, value: SSAValue) -> np.ndarray:
        """The elements of an operand that is a constant of the layer."""
        weight = value.owner
        if not isinstance(weight, nn.WeightOp):
            raise AipuError(f"expected a weight, found a computed {value.type}")
        self.embedded.append(value)
        return self.weights[weight.key.data]


def type_name(value: SSAValue) -> str:
    """What the IR calls the elements of a tensor."""
    element, plain = quantisation(value), nn.element_type(value)
    if isinstance(plain, IntegerType):
        return f"int{plain.width.data}"
    if element is None:
        return "float32"
    return "uint8" if element.zero_point == UNSIGNED_ZERO else "int8"


def stored(value: SSAValue, array: np.ndarray) -> np.ndarray:
    """Integers of `nn` as those that the IR has for a tensor; reals as they are."""
    if quantisation(value) is None:
        return array
    kind = type_name(value)
    return (array.astype(np.int16) + OFFSETS[kind]).astype(kind)


def ir_scale(element: UniformType) -> float:
    """The scale in the IR's form, with no more digits than it needs."""
    short = float(np.float32(1 / element.scale))
    return short if 1 / short == element.scale else 1 / element.scale


def ir_zero_point(value: SSAValue, element: UniformType) -> int:
    """The zero point in the IR's form."""
    return -element.zero_point - OFFSETS[type_name(value)]


def put_element(sheet: Sheet, value: SSAValue) -> None:
    """Write which integers the top holds; nothing if it holds reals."""
    element = quantisation(value)
    if element is not None:
        low = 0 if type_name(value) == "uint8" else -128
        sheet.put(
            layer_top_range=[[low, low + 255]],
            layer_top_scale=[ir_scale(element)],
            layer_top_zp=[ir_zero_point(value, element)],
        )
