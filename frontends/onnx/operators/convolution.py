"""Operators that multiply and accumulate."""

from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant
from ...vocabulary.channels import feature_map, from_feature_map
from ...vocabulary.einsum import einsum
from ...vocabulary.filters import ohwi
from ...vocabulary.moving import reshaped, shape, swapped
from ..node import Node
from ..window import read_spread, read_window


def conv(node: Node) -> SSAValue:
    """Weight [M, C / groups, KH, KW] becomes [M, KH, KW, C / groups]."""
    ifm, weight = node.tensor(0), node.constant(1)
    rank = len(nn.shape(ifm))
    if weight.array.ndim != rank:
        raise node.wrong(f"a weight of rank {weight.array.ndim} on a tensor of {rank}")
    kernel = weight.array.shape[2:]
    if tuple(node.integers("kernel_shape") or kernel) != kernel:
        raise node.wrong(f"its kernel_shape is not that of its weight, {kernel}")
    ifm = feature_map(node, ifm)
    _, rows, columns, _ = nn.shape(ifm)
    window = read_window(node, (rows, columns), kernel)
    channels = weight.array.shape[0]
    ofm = nn.Conv2dOp(
        ifm,
        node.operand(weight.rearranged(lambda array: ohwi(array, "OI*"))),
        node.per_channel(2, channels) if node.has(2) else node.no_bias(channels),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=node.integer("group", 1),
    )
    return from_feature_map(node, node.emit(ofm), rank)


def conv_transpose(node: Node) -> SSAValue:
    """Weight [C, M / groups, KH, KW] becomes [M, KH, KW, C / groups]."""
    ifm, weight = node.tensor(0), node.constant(1)
    rank, groups = len(nn.shape(ifm)), node.integer("group", 1)
    kernel = weight.array.shape[2:]
    if weight.array.ndim != rank or groups < 1 or len(weight.array) % groups:
        raise node.wrong(
            f"a weight of shape {list(weight.array.shape)} in {groups} groups"
        )
    if tuple(node.integers("kernel_shape") or kernel) != kernel:
        raise node.wrong(f"its kernel_shape is not that of its weight, {kernel}")
    ifm = feature_map(node, ifm)
    _, rows, columns, _ = nn.shape(ifm)
    spread = read_spread(node, (rows, columns), kernel)
    filters = ohwi(weight.array, "IO*", groups)
    channels = len(filters)
    ofm = nn.ConvTranspose2dOp(
        ifm,
        node.weight(weight.name, filters),
        node.per_channel(2, channels) if node.has(2) else node.no_bias(channels),
        stride=spread.stride,
        pad=spread.pad,
        extra=spread.extra,
        dilation=spread.dilation,
        groups=groups,
    )
    return from_feature_map(node, node.emit(ofm), rank)


def gemm(node: Node) -> SSAValue:
    """`alpha * A' * B' + beta * C`, where ' transposes if transA or transB is set."""
    alpha, beta = node.real("alpha", 1.0), node.real("beta", 1.0)
    lhs, rhs = node.tensor(0), node.value(1)
    if node.integer("transA", 0):
        lhs = swapped(node, lhs)
    if not node.integer("transB", 0):
        rhs = swapped(node, rhs)
    if isinstance(rhs, Constant):
        return _gemm_by_weight(node, lhs, rhs, alpha, beta)
    product = node.emit(nn.MatMulOp(lhs, swapped(node, rhs)))
    return _plus(node, node.scaled(product, "alpha", alpha), beta)


def _plus(node: Node, product: SSAValue, beta: float) -> SSAValue:
    """`product + beta * C`, if there is a `C`."""
    if not node.has(2):
        return product
    return node.emit(nn.AddOp(product, node.scaled(node.tensor(2), "beta", beta)))


def _gemm_by_weight(
    node: Node, lhs: SSAValue, weight: Constant, alpha: float, beta: float
) -> SSAValue:
    """A fully connected layer; if `C` is a constant row, that is the bias."""
    if weight.array.ndim != 2:
        raise node.wrong(f"a weight of rank {weight.array.ndim}, expected a matrix")
    features = weight.array.shape[0]
    if alpha != 1:
        weight = Constant(weight.name, np.float32(alpha) * weight.array)
    matrix = node.operand(weight)
    row = node.inputs[2] if node.has(2) else None
    if isinstance(row, Constant) and _is_row(row.array.shape, features):
        added = np.broadcast_to(np.float32(beta) * row.array.reshape(-1), features)
        bias = node.weight(row.name, added)
        return node.emit(nn.FullyConnectedOp(lhs, matrix, bias))
    product = node.emit(nn.FullyConnectedOp(lhs, matrix, node.no_bias(features)))
    return _plus(node, product, beta)


def _is_row(shape: tuple[int, ...], features: int) -> bool:
    """Whether an array adds the same numbers to every row of a matrix."""
    return prod(shape[:-1]) == 1 and prod(shape[-1:]) in (1, features)


def matmul(node: Node) -> SSAValue:
    """By a constant matrix: a fully connected layer over all leading extents."""
    lhs, rhs = node.tensor(0), node.value(1)
    if 1 in (len(nn.shape(lhs)), len(shape(rhs))):
        raise node.unsupported("a product with a vector")
    if not isinstance(rhs, Constant) or rhs.array.ndim != 2:
        return node.emit(nn.MatMulOp(lhs, node.tensor(1)))
    *leading, depth = nn.shape(lhs)
    features = rhs.array.shape[1]
    rows = reshaped(node, lhs, (prod(leading), depth))
    weight = node.operand(swapped(node, rhs))
    ofm = node.emit(nn.FullyConnectedOp(rows, weight, node.no_bias(features)))
    return reshaped(node, ofm, (*leading, features))


def einstein(node: Node) -> SSAValue:
    return einsum(node, node.text("equation", ""), node.tensors())


CONVERTERS = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "Gemm": gemm,
    "MatMul": matmul,
    "Einsum": einstein,
}
