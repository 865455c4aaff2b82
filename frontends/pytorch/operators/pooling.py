"""Operators that reduce a window."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...channels import channels_first, channels_last, feature_map, from_feature_map
from ...windows import Window
from ..node import Node
from ..window import planar, read_window


def max_pool(node: Node) -> SSAValue:
    """Where the maxima are, a second result, is not known."""
    ifm, window, rank = _windowed(node)
    if window.dilation != (1, 1):
        raise node.unsupported(f"a dilation of {list(window.dilation)}")
    pooled = nn.MaxPool2dOp(ifm, window.kernel, window.stride, window.whole_pad)
    return from_feature_map(node, node.emit(pooled), rank)


def average_pool(node: Node) -> SSAValue:
    """Padding counts if `count_include_pad`, but what `ceil_mode` adds never does."""
    counting = node.flag("count_include_pad", True)
    if node.has("divisor_override"):
        raise node.unsupported("a divisor_override")
    ifm, window, rank = _windowed(node)
    pad = window.whole_pad
    if counting and any(window.ceil_pad):
        top, left, bottom, right = window.pad
        if any(window.pad):
            ifm = node.emit(nn.PadOp(ifm, (0, top, left, 0), (0, bottom, right, 0)))
        counting, pad = False, (0, 0, *window.ceil_pad)
    pooled = nn.AvgPool2dOp(
        ifm, window.kernel, window.stride, pad, counting_pad=counting and any(pad)
    )
    return from_feature_map(node, node.emit(pooled), rank)


def _windowed(node: Node) -> tuple[SSAValue, Window, int]:
    """The feature map, the window over it, and the rank that it had."""
    ifm = node.tensor("self")
    rank = len(nn.shape(ifm))
    kernel = node.integers("kernel_size")
    if rank == 4 and len(kernel) == 1:
        kernel *= 2
    if len(kernel) != rank - 2:
        raise node.unsupported(f"a kernel {kernel} on a tensor of rank {rank}")
    ifm = feature_map(node, ifm)
    _, rows, columns, _ = nn.shape(ifm)
    window = read_window(node, (rows, columns), kernel, step=planar(kernel))
    return ifm, window, rank


def adaptive_pool(
    operator: type[nn.ReduceOperator],
) -> Callable[[Node], SSAValue]:
    """To a size, one axis after another.

    Of n elements, result i is of those from `floor(i n / size)` to
    `ceil((i + 1) n / size)`.
    """

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor("self")
        sizes = node.integers("output_size")
        if len(sizes) == 1 and node.operator.split(".")[1].endswith("2d"):
            sizes *= 2
        pixels = len(sizes)
        if len(nn.shape(ifm)) != pixels + 2 or min(sizes) < 1:
            raise node.unsupported(f"a pooling of {list(nn.shape(ifm))} to {sizes}")
        value = channels_last(node, ifm)
        if all(size == 1 for size in sizes):
            axes = range(1, pixels + 1)
            return channels_first(node, node.emit(operator(value, axes, keep=True)))
        for axis, size in enumerate(sizes, start=1):
            value = _pooled_along(node, operator, value, axis, size)
        return channels_first(node, value)

    return convert


MOST_PARTS = 256


def _pooled_along(
    node: Node,
    operator: type[nn.ReduceOperator],
    value: SSAValue,
    axis: int,
    size: int,
) -> SSAValue:
    extents = list(nn.shape(value))
    extent = extents[axis]
    if size == extent:
        return value
    if extent % size == 0:
        apart = (*extents[:axis], size, extent // size, *extents[axis + 1 :])
        parts = node.emit(nn.ReshapeOp(value, apart))
        return node.emit(operator(parts, [axis + 1], keep=False))
    if size > MOST_PARTS:
        raise node.unsupported(f"{size} windows of different sizes")
    starts, ones = [0] * len(extents), [1] * len(extents)
    pooled: list[SSAValue] = []
    for position in range(size):
        starts[axis] = position * extent // size
        extents[axis] = -(-(position + 1) * extent // size) - starts[axis]
        window = node.emit(nn.SliceOp(value, starts, extents, ones))
        pooled.append(node.emit(operator(window, [axis], keep=True)))
    return node.emit(nn.ConcatOp(pooled, axis))


CONVERTERS = {
    "max_pool1d": max_pool,
    "max_pool2d": max_pool,
    "max_pool2d_with_indices": max_pool,
    "avg_pool1d": average_pool,
    "avg_pool2d": average_pool,
    "adaptive_avg_pool1d": adaptive_pool(nn.ReduceMeanOp),
    "adaptive_avg_pool2d": adaptive_pool(nn.ReduceMeanOp),
    "_adaptive_avg_pool2d": adaptive_pool(nn.ReduceMeanOp),
    "adaptive_max_pool1d": adaptive_pool(nn.ReduceMaxOp),
    "adaptive_max_pool2d": adaptive_pool(nn.ReduceMaxOp),
}
