"""Operators that scale elements by a statistic."""

from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...elementwise import logarithmic_softmax
from ..fused import activated
from ..node import Node

LEAST_SQUARE = 1e-6
"""TFLite's L2 normalisation takes no sum of squares for less."""


def softmax(node: Node) -> SSAValue:
    """Along the last axis, of `Beta` times the elements."""
    ifm = node.tensor(0)
    beta = node.real("Beta")
    if beta != 1:
        factor = node.weight(f"{node.name}/beta", np.array(beta))
        ifm = node.emit(nn.MulOp(ifm, factor))
    return node.emit(nn.SoftmaxOp(ifm, _last(node)))


def log_softmax(node: Node) -> SSAValue:
    return logarithmic_softmax(node, node.tensor(0), [_last(node)])


def l2_normalization(node: Node) -> SSAValue:
    """`x / sqrt(sum(x ** 2))` along the last axis."""
    ifm = node.tensor(0)
    squares = node.emit(nn.SquareOp(ifm))
    total = node.emit(nn.ReduceSumOp(squares, [_last(node)], keep=True))
    length = node.emit(nn.SqrtOp(node.emit(nn.ClampOp(total, LEAST_SQUARE, inf))))
    return activated(node, node.emit(nn.DivOp(ifm, length)))


def local_response_normalization(node: Node) -> SSAValue:
    """TFLite multiplies the sum of squares by `Alpha`, not the mean."""
    size = 2 * node.integer("Radius") + 1
    alpha, beta, bias = (node.real(name) for name in ("Alpha", "Beta", "Bias"))
    return node.emit(nn.LrnOp(node.tensor(0), size, alpha * size, beta, bias))


def _last(node: Node) -> int:
    rank = len(node.shape(0))
    return node.axis(-1, rank)


CONVERTERS = {
    "SOFTMAX": softmax,
    "LOG_SOFTMAX": log_softmax,
    "L2_NORMALIZATION": l2_normalization,
    "LOCAL_RESPONSE_NORMALIZATION": local_response_normalization,
}
