"""Operators that reduce whole axes."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...by_inputs import top
from ...vocabulary.cumulative import cumulative_sum
from ..node import Node


def reduction(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    """The second input says which axes, in any order and more than once."""

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        rank = len(nn.shape(ifm))
        axes = {node.axis(axis, rank) for axis in node.constant_integers(1)}
        if not axes:
            return ifm
        keep = bool(node.integer("KeepDims", 0))
        return node.emit(operator(ifm, sorted(axes), keep=keep))

    return convert


def position(operator: type[nn.ArgOperator]) -> Callable[[Node], SSAValue]:
    """The second input says along which axis; of equals the first counts."""

    def convert(node: Node) -> SSAValue:
        ifm, axes = node.tensor(0), node.constant_integers(1)
        if len(axes) != 1:
            raise node.wrong(f"expected one axis, found {axes}")
        axis = node.axis(axes[0], len(nn.shape(ifm)))
        return node.emit(operator(ifm, axis, keep=False))

    return convert


def sums(node: Node) -> SSAValue:
    """Along the axis of the second input, of all elements up to each."""
    return cumulative_sum(
        node,
        node.tensor(0),
        node.axis_of(0, node.constant_integer(1)),
        exclusive=bool(node.integer("Exclusive", 0)),
        reverse=bool(node.integer("Reverse", 0)),
    )


CONVERTERS = {
    "CUMSUM": sums,
    "TOPK_V2": top,
    "MEAN": reduction(nn.ReduceMeanOp),
    "SUM": reduction(nn.ReduceSumOp),
    "REDUCE_MAX": reduction(nn.ReduceMaxOp),
    "REDUCE_MIN": reduction(nn.ReduceMinOp),
    "REDUCE_PROD": reduction(nn.ReduceProdOp),
    "ARG_MAX": position(nn.ArgMaxOp),
    "ARG_MIN": position(nn.ArgMinOp),
}
