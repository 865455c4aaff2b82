"""Operators that reduce a window."""

import re
from collections.abc import Callable
from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.pooling import Pool, largest, mean, mean_of_all, pooled
from ..node import Node
from ..window import read_slides

DIGITS = re.compile(r"(\d)d")


def max_pool(node: Node) -> SSAValue:
    """Where the maxima are, a second result, is not known."""
    return _pool(node, largest)


def average_pool(node: Node) -> SSAValue:
    """Padding counts if `count_include_pad`, but what `ceil_mode` adds never does.

    By `divisor_override` the sum is divided, whatever counts.
    """
    counting = node.flag("count_include_pad", True)
    if not node.has("divisor_override"):
        return _pool(node, mean(counting))
    divisor = node.integer("divisor_override")
    if divisor == 0:
        raise node.wrong("a divisor_override of 0")
    average = _pool(node, mean_of_all)
    return node.scaled(average, "divisor_override", prod(_kernel(node)) / divisor)


def _pool(node: Node, pool: Pool) -> SSAValue:
    ifm, kernel = node.tensor("self"), _kernel(node)
    extents = nn.shape(ifm)[2:]
    if len(kernel) != len(extents):
        rank = len(nn.shape(ifm))
        raise node.unsupported(f"a kernel {kernel} on a tensor of rank {rank}")
    return pooled(node, ifm, read_slides(node, extents, kernel, step=kernel), pool)


def _kernel(node: Node) -> list[int]:
    """A number for each axis, of which one may be given for all."""
    kernel, rank = node.integers("kernel_size"), _axes(node)
    return kernel * rank if len(kernel) == 1 else kernel


def _axes(node: Node) -> int:
    """How many axes a pooling is along: `max_pool2d` along two."""
    (digit,) = DIGITS.findall(node.operator)
    return int(digit)


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
        if len(sizes) == 1:
            sizes *= _axes(node)
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
    "max_pool3d": max_pool,
    "max_pool3d_with_indices": max_pool,
    "avg_pool1d": average_pool,
    "avg_pool2d": average_pool,
    "avg_pool3d": average_pool,
    "adaptive_avg_pool1d": adaptive_pool(nn.ReduceMeanOp),
    "adaptive_avg_pool2d": adaptive_pool(nn.ReduceMeanOp),
    "adaptive_avg_pool3d": adaptive_pool(nn.ReduceMeanOp),
    "_adaptive_avg_pool3d": adaptive_pool(nn.ReduceMeanOp),
    "_adaptive_avg_pool2d": adaptive_pool(nn.ReduceMeanOp),
    "adaptive_max_pool1d": adaptive_pool(nn.ReduceMaxOp),
    "adaptive_max_pool2d": adaptive_pool(nn.ReduceMaxOp),
    "adaptive_max_pool3d": adaptive_pool(nn.ReduceMaxOp),
}
