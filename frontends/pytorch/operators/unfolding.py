"""Operators that make windows of a tensor, without anything that they compute."""

from ...constant import Value
from ...vocabulary.arranging import arranged
from ...vocabulary.moving import permuted, shape
from ...vocabulary.padding import padded
from ...vocabulary.unfolding import unfolded
from ..node import Node


def columns_of(node: Node) -> Value:
    """[N, C, H, W] to [N, C * kernel, windows]: all windows as columns."""
    value = node.value("self")
    if len(shape(value)) != 4:
        raise node.unsupported(f"windows of a tensor of rank {len(shape(value))}")
    kernel, gaps, pads, steps = (
        node.pair(name, default, 2)
        for name, default in (
            ("kernel_size", 1),
            ("dilation", 1),
            ("padding", 0),
            ("stride", 1),
        )
    )
    around = [(0, 0), (0, 0), *((pad, pad) for pad in pads)]
    value = padded(node, value, around)
    for axis in (1, 0):
        value = unfolded(node, value, axis + 2, kernel[axis], steps[axis], gaps[axis])
    return arranged(node, value, "n c y i x j -> n (c i j) (y x)")


def windows(node: Node) -> Value:
    """Windows of an axis, whose elements are a new last axis."""
    axis = node.axis_of("self", node.integer("dimension"))
    size, step = node.integer("size"), node.integer("step")
    apart = unfolded(node, node.value("self"), axis, size, step)
    order = list(range(len(shape(apart))))
    order.append(order.pop(axis + 1))
    return permuted(node, apart, order)


CONVERTERS = {
    "im2col": columns_of,
    "unfold": windows,
}
