"""Operators that multiply and accumulate."""

from collections.abc import Callable
from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...channels import channels_first, channels_last
from ..node import Node, rank
from ..values import Constant
from ..window import feature_map, from_feature_map, planar, read_window


def conv2d(node: Node) -> SSAValue:
    """Filter [KH, KW, C / groups, M] becomes [M, KH, KW, C / groups]."""
    kernel = _kernel(node)
    return _convolution(node, kernel.array.transpose(3, 0, 1, 2))


def depthwise(node: Node) -> SSAValue:
    """Filter [KH, KW, C, multiplier] becomes [C * multiplier, KH, KW, 1]."""
    array = _kernel(node).array
    rows, columns, channels, multiplier = array.shape
    flat = array.reshape(rows, columns, channels * multiplier)
    return _convolution(node, flat.transpose(2, 0, 1)[..., np.newaxis])


def _kernel(node: Node) -> Constant:
    kernel = node.constant(1)
    if kernel.array.ndim != 4 or 0 in kernel.array.shape:
        raise node.wrong(f"a filter of the shape {list(kernel.array.shape)}")
    return kernel


def _convolution(node: Node, weight: np.ndarray) -> SSAValue:
    """As many groups as the filter's channels go into those of the feature map."""
    ifm = feature_map(node)
    _, rows, columns, channels = nn.shape(ifm)
    count, *kernel, depth = weight.shape
    window = read_window(node, (rows, columns), kernel)
    if channels % depth:
        raise node.wrong(f"a filter of {depth} channels over {channels}")
    ofm = nn.Conv2dOp(
        ifm,
        node.weight(node.constant(1).name, weight),
        node.no_bias(count),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=channels // depth,
    )
    return from_feature_map(node, node.emit(ofm))


def conv2d_backpropagated(node: Node) -> SSAValue:
    """Transposed: shape of the result, filter [KH, KW, M, C], feature map."""
    weight = _kernel(node).array.transpose(2, 0, 1, 3)
    ifm = feature_map(node, 2)
    extents = node.constant_integers(0)
    if len(extents) != 4:
        raise node.wrong(f"a result of the shape {extents}")
    rows, columns = extents[2:] if node.channels_first() else extents[1:3]
    window = read_window(node, (rows, columns), weight.shape[1:3])
    made = nn.ConvTranspose2dOp(
        ifm,
        node.weight(node.constant(1).name, weight),
        node.no_bias(len(weight)),
        stride=window.stride,
        pad=window.pad,
        extra=_missing(node, ifm, window.kernel, window.pad, (rows, columns)),
        dilation=window.dilation,
    )
    return from_feature_map(node, node.emit(made))


def _missing(
    node: Node,
    ifm: SSAValue,
    kernel: tuple[int, int],
    pad: tuple[int, int, int, int],
    wanted: tuple[int, int],
) -> list[int]:
    """Rows and columns that no window reaches, though the result has them."""
    stride, dilation = planar(node, "strides"), planar(node, "dilations")
    extents = nn.shape(ifm)[1:3]
    missing = [
        wanted[axis]
        + pad[axis]
        + pad[axis + 2]
        - ((extents[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1)
        for axis in range(2)
    ]
    if min(missing) < 0:
        raise node.wrong(f"a result of {list(wanted)} rows and columns")
    return missing


def bias_add(node: Node) -> SSAValue:
    value = node.tensor(0)
    if not node.channels_first():
        return node.emit(nn.AddOp(value, node.tensor(1)))
    added = node.emit(nn.AddOp(channels_last(node, value), node.tensor(1)))
    return channels_first(node, added)


def matmul(transpose_lhs: str, transpose_rhs: str) -> Callable[[Node], SSAValue]:
    """By a constant matrix: a fully connected layer over all leading extents."""

    def convert(node: Node) -> SSAValue:
        lhs, rhs = node.tensor(0), node.value(1)
        if not isinstance(rhs, SSAValue | Constant):
            raise node.wrong("its input 1 is no tensor")
        if min(rank(lhs), rank(rhs)) < 2:
            raise node.wrong("a product with a vector")
        if node.flag(transpose_lhs, False):
            lhs = _turned(node, lhs)
        turned = node.flag(transpose_rhs, False)
        if isinstance(rhs, Constant) and rhs.array.ndim == 2:
            weight = rhs.array if turned else rhs.array.T
            return _by_weight(node, lhs, Constant(rhs.name, weight))
        operand = node.tensor(1)
        return node.emit(
            nn.MatMulOp(lhs, _turned(node, operand) if turned else operand)
        )

    return convert


def _turned(node: Node, value: SSAValue) -> SSAValue:
    """The last two axes change places."""
    *leading, row, column = range(rank(value))
    return node.emit(nn.TransposeOp(value, (*leading, column, row)))


def _by_weight(node: Node, lhs: SSAValue, weight: Constant) -> SSAValue:
    *leading, depth = nn.shape(lhs)
    features = len(weight.array)
    if len(leading) != 1:
        lhs = node.emit(nn.ReshapeOp(lhs, (prod(leading), depth)))
    matrix = node.weight(weight.name, weight.array)
    ofm = node.emit(nn.FullyConnectedOp(lhs, matrix, node.no_bias(features)))
    if len(leading) != 1:
        ofm = node.emit(nn.ReshapeOp(ofm, (*leading, features)))
    return ofm


CONVERTERS = {
    "Conv2D": conv2d,
    "DepthwiseConv2dNative": depthwise,
    "Conv2DBackpropInput": conv2d_backpropagated,
    "BiasAdd": bias_add,
    "MatMul": matmul("transpose_a", "transpose_b"),
    "BatchMatMul": matmul("adj_x", "adj_y"),
    "BatchMatMulV2": matmul("adj_x", "adj_y"),
}
