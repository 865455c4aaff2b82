"""Operators that reduce whole axes."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...by_inputs import top
from ...vocabulary.cumulative import cumulative_sum
from ..node import Node


def reduction(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    """Along the axes of the second input; none leave all as it is."""

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        rank = len(nn.shape(ifm))
        axes = sorted({node.axis(axis, rank) for axis in node.constant_integers(1)})
        if not axes:
            return ifm
        return node.emit(operator(ifm, axes, keep=node.flag("keep_dims", False)))

    return convert


def position(operator: type[nn.ArgOperator]) -> Callable[[Node], SSAValue]:
    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        axis = node.axis(node.constant_integer(1), len(nn.shape(ifm)))
        return node.emit(operator(ifm, axis, keep=False))

    return convert


def sums(node: Node) -> SSAValue:
    """Along the axis of the second input, of all elements up to each."""
    return cumulative_sum(
        node,
        node.tensor(0),
        node.axis_of(0, node.constant_integer(1)),
        exclusive=node.flag("exclusive", False),
        reverse=node.flag("reverse", False),
    )


CONVERTERS = {
    "TopKV2": top,
    "Cumsum": sums,
    "Mean": reduction(nn.ReduceMeanOp),
    "Sum": reduction(nn.ReduceSumOp),
    "Max": reduction(nn.ReduceMaxOp),
    "Min": reduction(nn.ReduceMinOp),
    "Prod": reduction(nn.ReduceProdOp),
    "ArgMax": position(nn.ArgMaxOp),
    "ArgMin": position(nn.ArgMinOp),
}
