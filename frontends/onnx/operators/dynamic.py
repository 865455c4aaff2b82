"""Networks that choose the scales of their tensors anew for each input.

Our scales are chosen once, by calibration. So the integers of such a tensor are
imported as the reals that they stand for: in units in which its scale is 1. What
rescales a product afterwards, by this 1 and the scale of the weights, then is right.
"""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant, Value
from ..integers import dequantised, real
from ..node import Node
from .convolution import conv, matmul

ONE = np.ones((), np.float32)


def dynamic_quantize_linear(node: Node) -> Sequence[Value]:
    """The reals, the scale 1 and the zero point 0."""
    _, scale, zero_point = node.proto.output
    return [
        node.tensor(0),
        Constant(scale, ONE),
        Constant(zero_point, np.zeros((), np.uint8)),
    ]


def conv_integer(node: Node) -> SSAValue:
    return conv(node.on([reals(node, 2), integers(node, axis=0)]))


def matmul_integer(node: Node) -> SSAValue:
    return matmul(node.on([reals(node, 2), integers(node, axis=-1)]))


def reals(node: Node, zero_point: int) -> SSAValue:
    """The first input, if it was made dynamic integers of."""
    value = node.tensor(0)
    zero = node.constant(zero_point).array if node.has(zero_point) else np.zeros(1)
    if value is not node.value(0) or zero.any():
        raise node.unsupported("integers whose scale does not depend on the input")
    return value


def integers(node: Node, axis: int) -> Constant:
    """The second input less its zero point, of which `axis` may have many."""
    weight = node.constant(1)
    zero = node.constant(3).array if node.has(3) else np.zeros((), np.int8)
    found = dequantised(weight, np.ones(zero.shape, np.float32), zero, axis)
    if found is None:
        raise node.wrong(f"the zero point of '{weight.name}' does not fit its shape")
    return found


def dynamic_quantize_matmul(node: Node) -> SSAValue:
    """`A * B + bias`; inputs are A, B, the scale and the zero point of B, the bias."""
    weight = real(node.on([None, *node.inputs[1:]]), 1, axis=-1)
    return plus(node, matmul(node.on([node.value(0), weight])), 4)


def matmul_integer_to_float(node: Node) -> SSAValue:
    """As before, with the scales of A and B, and their zero points, after both."""
    order = (0, 2, 4, 1, 3, 5)
    triples = node.on([node.inputs[at] if node.has(at) else None for at in order])
    product = matmul(node.on([real(triples, 0), real(triples, 3, axis=-1)]))
    return plus(node, product, 6)


def plus(node: Node, product: SSAValue, bias: int) -> SSAValue:
    """`product + bias`, if that input is there."""
    if not node.has(bias):
        return product
    return node.emit(nn.AddOp(product, node.tensor(bias)))


CONVERTERS = {
    "DynamicQuantizeLinear": dynamic_quantize_linear,
    "ConvInteger": conv_integer,
    "MatMulInteger": matmul_integer,
    "com.microsoft.DynamicQuantizeMatMul": dynamic_quantize_matmul,
    "com.microsoft.MatMulIntegerToFloat": matmul_integer_to_float,
}
