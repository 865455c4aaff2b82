"""Operators that reduce whole axes."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...channels import channels_first, channels_last
from ..node import Node
from .movement import axes_of


def over_pixels(operator: type[nn.ReduceOperator], node: Node, keep: bool) -> SSAValue:
    """All axes but the first two, in the layout of the convolutions before."""
    ifm = channels_last(node, node.tensor(0))
    pixels = range(1, len(nn.shape(ifm)) - 1)
    return channels_first(node, node.emit(operator(ifm, pixels, keep=keep)))


def global_pool(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    return lambda node: over_pixels(operator, node, keep=True)


def reduction(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    """All axes if none are given, unless `noop_with_empty_axes`."""

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        rank = len(nn.shape(ifm))
        given = axes_of(node)
        keep = bool(node.integer("keepdims", 1))
        if node.integer("noop_with_empty_axes", 0) and not given:
            return ifm
        axes = sorted(node.axis(axis, rank) for axis in given or range(rank))
        if axes == list(range(2, rank)):
            return over_pixels(operator, node, keep)
        return node.emit(operator(ifm, axes, keep=keep))

    return convert


CONVERTERS = {
    "GlobalAveragePool": global_pool(nn.ReduceMeanOp),
    "GlobalMaxPool": global_pool(nn.ReduceMaxOp),
    "ReduceMean": reduction(nn.ReduceMeanOp),
    "ReduceSum": reduction(nn.ReduceSumOp),
    "ReduceMax": reduction(nn.ReduceMaxOp),
}
