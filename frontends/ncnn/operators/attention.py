"""Products of matrices: of two blobs, or in multi-head attention."""

from math import sqrt

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...layers.convolution import rows_of
from ...vocabulary.arranging import arranged
from ...vocabulary.moving import reshaped, swapped
from ..node import NcnnNode

NO_C, ONE, A_ROW, A_COLUMN, WHOLE, A_LINE = -1, 0, 1, 2, 3, 4


def matmul(node: NcnnNode) -> SSAValue:
    lhs, rhs = node.bottom(0), node.bottom(1)
    if node.flag(0):
        rhs = swapped(node, rhs)
    return node.emit(nn.MatMulOp(lhs, rhs))


def gemm(node: NcnnNode) -> SSAValue:
    """`alpha * (A * B + beta * C)`: a blob by a constant, a fully connected layer."""
    node.ignore(7, 11, 12, 13, 20, 21, 22)
    alpha, beta = node.real(0, 1.0), node.real(1, 1.0)
    by_columns = not node.flag(3)
    features, depth = node.integer(8), node.integer(9)
    if node.flag(2) or node.flag(4) or not node.flag(5) or node.flag(14):
        raise node.unsupported("a product but of a blob by a constant matrix")
    if depth != nn.shape(node.bottom())[-1]:
        raise node.wrong(f"a matrix of the depth {depth}")
    shape = (depth, features) if by_columns else (features, depth)
    weight = node.stored(Part.WEIGHT, shape)
    bias = np.zeros(features, np.float32)
    if node.flag(6) and node.integer(10) != NO_C:
        if node.integer(10) not in (ONE, A_LINE):
            raise node.unsupported("a sum but with a number a column")
        count = features if node.integer(10) == A_LINE else 1
        bias = bias + np.float32(beta) * node.stored(Part.BIAS, (count,))
    elif len(node.bottoms) > 1:
        raise node.unsupported("a sum with another blob")
    matrix = np.float32(alpha) * (weight.T if by_columns else weight)
    return _connected(node, node.bottom(), matrix, np.float32(alpha) * bias, "")


def _connected(
    node: NcnnNode, ifm: SSAValue, matrix: np.ndarray, bias: np.ndarray, part: str
) -> SSAValue:
    """`ifm * matrix' + bias` for every row of `ifm` [N, rows, K]."""
    extents = nn.shape(ifm)
    rows = rows_of(node, ifm, len(extents) - 1)
    weight = node.weight(f"{node.name}/{part}weight", matrix)
    operands = (weight, node.weight(f"{node.name}/{part}bias", bias))
    ofm = node.emit(nn.FullyConnectedOp(rows, *operands))
    return reshaped(node, ofm, (*extents[:-1], len(matrix)))


def attention(node: NcnnNode) -> SSAValue:
    """`softmax(q k' / sqrt(depth)) v` a head (Vaswani et al. 2017, eq. 1).

    Blobs [N, rows, features]; queries, keys and values may be one and the same.
    """
    features, heads = node.integer(0), node.integer(1, 1)
    node.ignore(2)
    keys, values = node.integer(3, features), node.integer(4, features)
    if features != nn.shape(node.bottom())[-1] or heads < 1 or features % heads:
        raise node.wrong(f"{features} features in {heads} heads")
    if node.flag(5) or node.flag(7) or len(node.bottoms) == 4:
        raise node.unsupported("a mask or a cache")
    factor = node.real(6, 1 / sqrt(features // heads))
    sources = [node.bottom(min(i, len(node.bottoms) - 1)) for i in range(3)]
    if len(sources) == 2:
        sources[2] = sources[1]
    queried, keyed, valued = (
        _heads(node, _projected(node, source, name, features, depth), heads)
        for source, name, depth in zip(
            sources,
            ("query", "key", "value"),
            (features, keys, values),
            strict=True,
        )
    )
    scores = node.emit(nn.MatMulOp(queried, swapped(node, keyed)))
    scaled = node.emit(nn.MulOp(scores, node.scalar("scale", factor)))
    weights = node.emit(nn.SoftmaxOp(scaled, 3))
    mixed = node.emit(nn.MatMulOp(weights, valued))
    joined = arranged(node, mixed, "n heads rows depth -> n rows (heads depth)")
    return _projected(node, joined, "output", features, features)


def _projected(
    node: NcnnNode, ifm: SSAValue, name: str, features: int, depth: int
) -> SSAValue:
    weight = node.stored(Part.WEIGHT, (features, depth))
    bias = node.stored(Part.BIAS, (features,))
    return _connected(node, ifm, weight, bias, f"{name} ")


def _heads(node: NcnnNode, ifm: SSAValue, heads: int) -> SSAValue:
    """[N, rows, features] to [N, heads, rows, features / heads]."""
    line = "n rows (heads depth) -> n heads rows depth"
    return arranged(node, ifm, line, heads=heads)


CONVERTERS = {
    "Gemm": gemm,
    "MatMul": matmul,
    "MultiHeadAttention": attention,
}
