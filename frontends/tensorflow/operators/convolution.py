"""Operators that multiply and accumulate."""

from collections.abc import Callable
from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant, Value
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.einsum import einsum
from ...vocabulary.filters import ohwi
from ...vocabulary.moving import reshaped, swapped
from ..node import Node
from ..window import feature_map, from_feature_map, planar, read_window


def conv2d(node: Node) -> SSAValue:
    """Filter [KH, KW, C / groups, M]."""
    kernel = _kernel(node)
    return _convolution(node, kernel.rearranged(lambda array: ohwi(array, "*IO")))


def depthwise(node: Node) -> SSAValue:
    """Filter [KH, KW, C, multiplier]: each channel is a group of its own."""
    kernel = _kernel(node)
    rows, columns, channels, multiplier = kernel.array.shape
    flat = (rows, columns, 1, channels * multiplier)
    return _convolution(
        node, kernel.free().rearranged(lambda array: ohwi(array.reshape(flat), "*IO"))
    )


def _kernel(node: Node) -> Constant:
    kernel = node.constant(1)
    if kernel.array.ndim != 4 or 0 in kernel.array.shape:
        raise node.wrong(f"a filter of the shape {list(kernel.array.shape)}")
    return kernel


def _convolution(node: Node, weight: Constant) -> SSAValue:
    """As many groups as the filter's channels go into those of the feature map."""
    ifm = feature_map(node)
    _, rows, columns, channels = nn.shape(ifm)
    count, *kernel, depth = weight.array.shape
    window = read_window(node, (rows, columns), kernel)
    if channels % depth:
        raise node.wrong(f"a filter of {depth} channels over {channels}")
    ofm = nn.Conv2dOp(
        ifm,
        node.operand(weight),
        node.no_bias(count),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=channels // depth,
    )
    return from_feature_map(node, node.emit(ofm))


def conv2d_backpropagated(node: Node) -> SSAValue:
    """Transposed: shape of the result, filter [KH, KW, M, C], feature map."""
    weight = _kernel(node).rearranged(lambda array: ohwi(array, "*OI"))
    ifm = feature_map(node, 2)
    extents = node.constant_integers(0)
    if len(extents) != 4:
        raise node.wrong(f"a result of the shape {extents}")
    rows, columns = extents[2:] if node.channels_first() else extents[1:3]
    window = read_window(node, (rows, columns), weight.array.shape[1:3])
    made = nn.ConvTranspose2dOp(
        ifm,
        node.operand(weight),
        node.no_bias(len(weight.array)),
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


def matmul(transpose_lhs: str, transpose_rhs: str) -> Callable[[Node], Value]:
    """By a constant matrix: a fully connected layer over all leading extents."""

    def convert(node: Node) -> Value:
        lhs, rhs = node.value(0), node.value(1)
        if min(len(node.shape(0)), len(node.shape(1))) < 2:
            raise node.wrong("a product with a vector")
        if node.flag(transpose_lhs, False):
            lhs = swapped(node, lhs)
        if node.flag(transpose_rhs, False):
            rhs = swapped(node, rhs)
        if isinstance(rhs, Constant) and rhs.array.ndim == 2:
            return _by_weight(node, node.operand(lhs), swapped(node, rhs))
        return node.emit(nn.MatMulOp(node.operand(lhs), node.operand(rhs)))

    return convert


def _by_weight(node: Node, lhs: SSAValue, weight: Constant) -> SSAValue:
    *leading, depth = nn.shape(lhs)
    features = len(weight.array)
    rows = reshaped(node, lhs, (prod(leading), depth))
    matrix = node.operand(weight)
    ofm = node.emit(nn.FullyConnectedOp(rows, matrix, node.no_bias(features)))
    return reshaped(node, ofm, (*leading, features))


def product(node: Node) -> SSAValue:
    return einsum(node, node.text("equation", ""), node.tensors())


CONVERTERS = {
    "Einsum": product,
    "Conv2D": conv2d,
    "DepthwiseConv2dNative": depthwise,
    "Conv2DBackpropInput": conv2d_backpropagated,
    "BiasAdd": bias_add,
    "MatMul": matmul("transpose_a", "transpose_b"),
    "BatchMatMul": matmul("adj_x", "adj_y"),
    "BatchMatMulV2": matmul("adj_x", "adj_y"),
}
