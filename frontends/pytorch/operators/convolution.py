"""Operators that multiply and accumulate."""

from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant
from ...vocabulary.channels import feature_map, from_feature_map
from ...vocabulary.filters import ohwi
from ...vocabulary.moving import reshaped
from ..node import Node
from ..window import read_window


def convolution(node: Node) -> SSAValue:
    """Core ATen's, of any kind."""
    if node.flag("transposed", False):
        return conv_transpose(node)
    if any(node.integers("output_padding", [])):
        raise node.wrong("an output_padding of a convolution that is not transposed")
    return conv(node)


def conv(node: Node) -> SSAValue:
    """Weight [M, C / groups, KH, KW] becomes [M, KH, KW, C / groups]."""
    weight = node.constant("weight")
    ifm, rank, batched = _images(node, weight)
    _, rows, columns, _ = nn.shape(ifm)
    window = read_window(node, (rows, columns), weight.array.shape[2:])
    channels = weight.array.shape[0]
    ofm = nn.Conv2dOp(
        ifm,
        node.operand(weight.rearranged(lambda array: ohwi(array, "OI*"))),
        _bias(node, channels),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=node.integer("groups", 1),
    )
    return _without_batch(node, from_feature_map(node, node.emit(ofm), rank), batched)


def conv_transpose(node: Node) -> SSAValue:
    """Weight [C, M / groups, KH, KW] becomes [M, KH, KW, C / groups]."""
    weight, groups = node.constant("weight"), node.integer("groups", 1)
    ifm, rank, batched = _images(node, weight)
    if groups < 1 or len(weight.array) % groups:
        raise node.wrong(f"{len(weight.array)} channels in {groups} groups")
    _, rows, columns, _ = nn.shape(ifm)
    window = read_window(node, (rows, columns), weight.array.shape[2:])
    filters = ohwi(weight.array, "IO*", groups)
    ofm = nn.ConvTranspose2dOp(
        ifm,
        node.weight(weight.name, filters),
        _bias(node, len(filters)),
        stride=window.stride,
        pad=window.pad,
        extra=node.pair("output_padding", 0, rank - 2),
        dilation=window.dilation,
        groups=groups,
    )
    return _without_batch(node, from_feature_map(node, node.emit(ofm), rank), batched)


def _images(node: Node, weight: Constant) -> tuple[SSAValue, int, bool]:
    """The input as NHWC, the rank that it had with a batch, and if it had one."""
    ifm = node.tensor("input")
    rank = weight.array.ndim
    if rank not in (3, 4):
        raise node.unsupported(f"a weight of rank {rank}")
    found = len(nn.shape(ifm))
    if found not in (rank, rank - 1):
        raise node.wrong(f"a weight of rank {rank} on a tensor of {found}")
    batched = found == rank
    if not batched:
        ifm = node.emit(nn.ReshapeOp(ifm, (1, *nn.shape(ifm))))
    return feature_map(node, ifm), rank, batched


def _without_batch(node: Node, value: SSAValue, batched: bool) -> SSAValue:
    if batched:
        return value
    return node.emit(nn.ReshapeOp(value, nn.shape(value)[1:]))


def _bias(node: Node, channels: int) -> SSAValue:
    if node.has("bias"):
        return node.per_channel("bias", channels)
    return node.no_bias(channels)


def linear(node: Node) -> SSAValue:
    """`input * weight' + bias`."""
    ifm, weight = node.tensor("input"), node.value("weight")
    if isinstance(weight, Constant) and weight.array.ndim == 2:
        return fully_connected(node, ifm, weight, _bias(node, len(weight.array)))
    turned = node.emit(nn.TransposeOp(node.operand(weight), (1, 0)))
    product = node.emit(nn.MatMulOp(ifm, turned))
    if not node.has("bias"):
        return product
    return node.emit(nn.AddOp(product, node.tensor("bias")))


def fully_connected(
    node: Node, ifm: SSAValue, weight: Constant, bias: SSAValue
) -> SSAValue:
    """A row of `ifm` [..., K] at a time, weight [M, K]."""
    *leading, depth = nn.shape(ifm) or (1,)
    rows = reshaped(node, ifm, (prod(leading), depth))
    ofm = node.emit(nn.FullyConnectedOp(rows, node.operand(weight), bias))
    return reshaped(node, ofm, (*leading, len(weight.array)))


def addmm(node: Node) -> SSAValue:
    """`beta * self + alpha * mat1 * mat2`."""
    alpha, beta = node.real("alpha", 1.0), node.real("beta", 1.0)
    lhs, rhs = node.tensor("mat1"), node.value("mat2")
    added = node.value("self")
    if isinstance(rhs, Constant) and rhs.array.ndim == 2 and alpha == beta == 1:
        features = rhs.array.shape[1]
        if isinstance(added, Constant) and added.array.shape == (features,):
            turned = rhs.rearranged(np.transpose)
            return fully_connected(node, lhs, turned, node.operand(added))
    product = node.scaled(multiplied(node, lhs, rhs), "alpha", alpha)
    return node.emit(nn.AddOp(product, node.scaled(node.operand(added), "beta", beta)))


def multiplied(node: Node, lhs: SSAValue, rhs: Constant | SSAValue) -> SSAValue:
    """A product; by a constant matrix it is a fully connected layer."""
    if isinstance(rhs, Constant) and rhs.array.ndim == 2 and len(nn.shape(lhs)) > 1:
        bias = node.no_bias(rhs.array.shape[1])
        return fully_connected(node, lhs, rhs.rearranged(np.transpose), bias)
    return node.emit(nn.MatMulOp(lhs, node.operand(rhs)))


def matmul(node: Node) -> SSAValue:
    """A vector is a row on the left, a column on the right."""
    second = next(filter(node.has, ("mat2", "vec", "tensor")), "other")
    lhs, rhs = node.tensor("self"), node.value(second)
    left = nn.shape(lhs)
    right = nn.shape(rhs) if isinstance(rhs, SSAValue) else rhs.array.shape
    if not left or not right:
        raise node.wrong("a product with a scalar")
    if len(left) > 1 and len(right) > 1:
        return multiplied(node, lhs, rhs)
    if len(left) == 1:
        lhs = node.emit(nn.ReshapeOp(lhs, (1, *left)))
    column = node.operand(rhs)
    if len(right) == 1:
        column = node.emit(nn.ReshapeOp(column, (*right, 1)))
    product = node.emit(nn.MatMulOp(lhs, column))
    extents = list(nn.shape(product))
    if len(right) == 1:
        del extents[-1]
    if len(left) == 1:
        del extents[-1 if len(right) == 1 else -2]
    return node.emit(nn.ReshapeOp(product, extents))


def baddbmm(node: Node) -> SSAValue:
    """`beta * self + alpha * batch1 * batch2`."""
    product = node.emit(nn.MatMulOp(node.tensor("batch1"), node.tensor("batch2")))
    scaled = node.scaled(product, "alpha", node.real("alpha", 1.0))
    added = node.scaled(node.tensor("self"), "beta", node.real("beta", 1.0))
    return node.emit(nn.AddOp(added, scaled))


CONVERTERS = {
    "convolution": convolution,
    "conv1d": conv,
    "conv2d": conv,
    "conv_transpose1d": conv_transpose,
    "conv_transpose2d": conv_transpose,
    "linear": linear,
    "addmm": addmm,
    "mm": matmul,
    "bmm": matmul,
    "matmul": matmul,
    "mv": matmul,
    "dot": matmul,
    "baddbmm": baddbmm,
}
