"""Operators on integers with a scale: QuantizeLinear, QLinearConv and their like.

Each is the operator on reals, between what takes integers to reals and back.
"""

from collections.abc import Callable, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant
from ..integers import quantised, real
from ..node import Node
from .convolution import conv, gemm, matmul
from .elementwise import binary
from .movement import concat
from .normalisation import softmax
from .pooling import average_pool
from .reduction import global_pool, reduction
from .unary import unary, with_alpha

OnReals = Callable[[Node], SSAValue]


def quantize_linear(node: Node) -> SSAValue:
    node.ignore("axis", "block_size", "output_dtype", "precision", "saturate")
    return quantised(node, node.tensor(0), 1, 2)


def dequantize_linear(node: Node) -> SSAValue:
    node.ignore("axis", "block_size", "output_dtype")
    return node.on([real(node, 0)]).tensor(0)


def on_reals(operator: OnReals, operands: Sequence[int], result: int) -> OnReals:
    """The operator on the reals of `operands`, as integers of the scale at `result`.

    All are the positions of inputs.
    """

    def convert(node: Node) -> SSAValue:
        values = [real(node, position) for position in operands]
        return quantised(node, operator(node.on(values)), result, result + 1)

    return convert


def qlinear_conv(node: Node) -> SSAValue:
    inputs = [real(node, 0), real(node, 3), bias(node, 8)]
    return quantised(node, conv(node.on(inputs)), 6, 7)


def qlinear_matmul(node: Node) -> SSAValue:
    product = matmul(node.on([real(node, 0), real(node, 3, axis=-1)]))
    return quantised(node, product, 6, 7)


def qgemm(node: Node) -> SSAValue:
    """Without the scale of a result, the result is real."""
    columns = 0 if node.integer("transB", 0) else 1
    inputs = [real(node, 0), real(node, 3, axis=columns), bias(node, 6)]
    ofm = gemm(node.on(inputs))
    return quantised(node, ofm, 7, 8) if node.has(7) else ofm


def bias(node: Node, position: int) -> Constant | None:
    """Integers of the scale of the accumulator: of input 0 times that of input 3."""
    if not node.has(position):
        return None
    found = node.constant(position)
    scale = node.constant(1).array * node.constant(4).array.astype(np.float64)
    return Constant(found.name, found.array * scale)


def qlinear_concat(node: Node) -> SSAValue:
    """The scale of the result comes first."""
    parts = [real(node, position) for position in range(2, len(node.inputs), 3)]
    return quantised(node, concat(node.on(parts)), 0, 1)


def channels_first_only(operator: OnReals) -> OnReals:
    def convert(node: Node) -> SSAValue:
        if node.integer("channels_last", 0):
            raise node.unsupported("channels_last")
        return operator(node)

    return convert


def qlinear_softmax(node: Node) -> SSAValue:
    """`opset` says which Softmax is meant."""
    node.opset = node.integer("opset")
    return on_reals(softmax, [0], 3)(node)


LEAKY_RELU = with_alpha(nn.LeakyReluOp, 0.01)

CONVERTERS = {
    "QuantizeLinear": quantize_linear,
    "DequantizeLinear": dequantize_linear,
    "QLinearConv": qlinear_conv,
    "QLinearMatMul": qlinear_matmul,
    "com.microsoft.QuantizeLinear": quantize_linear,
    "com.microsoft.DequantizeLinear": dequantize_linear,
    "com.microsoft.QGemm": qgemm,
    "com.microsoft.QLinearAdd": on_reals(binary(nn.AddOp), [0, 3], 6),
    "com.microsoft.QLinearMul": on_reals(binary(nn.MulOp), [0, 3], 6),
    "com.microsoft.QLinearConcat": qlinear_concat,
    "com.microsoft.QLinearSigmoid": on_reals(unary(nn.SigmoidOp), [0], 3),
    "com.microsoft.QLinearLeakyRelu": on_reals(LEAKY_RELU, [0], 3),
    "com.microsoft.QLinearSoftmax": qlinear_softmax,
    "com.microsoft.QLinearReduceMean": on_reals(reduction(nn.ReduceMeanOp), [0], 3),
    "com.microsoft.QLinearAveragePool": channels_first_only(
        on_reals(average_pool, [0], 3)
    ),
    "com.microsoft.QLinearGlobalAveragePool": channels_first_only(
        on_reals(global_pool(nn.ReduceMeanOp), [0], 3)
    ),
}

MOVING = {
    "Concat",
    "Flatten",
    "Gather",
    "Identity",
    "MaxPool",
    "Reshape",
    "Slice",
    "Split",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
}
"""Operators whose results are integers of the same type as what they move."""
