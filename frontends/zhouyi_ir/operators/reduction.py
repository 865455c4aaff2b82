"""Layers that reduce whole axes."""

from collections.abc import Mapping

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import IrNode

METHODS: Mapping[str, type[nn.ReduceOperator]] = {
    "MEAN": nn.ReduceMeanOp,
    "MIN": nn.ReduceMinOp,
    "MAX": nn.ReduceMaxOp,
    "SUM": nn.ReduceSumOp,
    "PROD": nn.ReduceProdOp,
}
POSITIONS: Mapping[str, type[nn.ArgOperator]] = {
    "MIN": nn.ArgMinOp,
    "MAX": nn.ArgMaxOp,
}


def reduce(node: IrNode) -> SSAValue:
    if node.method() not in METHODS:
        raise node.unsupported(f"the method {node.method()}")
    rank = len(nn.shape(node.bottom()))
    axes = [node.axis(axis, rank) for axis in node.block.integers("axis")]
    operator = METHODS[node.method()]
    return node.emit(operator(node.bottom(), axes, keep=keeps_rank(node)))


def arg_min_max(node: IrNode) -> SSAValue:
    if node.method() not in POSITIONS:
        raise node.unsupported(f"the method {node.method()}")
    axis = node.axis(node.block.integer("axis"), len(nn.shape(node.bottom())))
    last = node.block.flag("select_last_index", False)
    operator = POSITIONS[node.method()]
    return node.emit(operator(node.bottom(), axis, keep=keeps_rank(node), last=last))


def keeps_rank(node: IrNode) -> bool:
    """Whether a reduced axis stays, with the extent 1."""
    return len(node.top_shape()) == len(nn.shape(node.bottom()))


CONVERTERS = {"Reduce": reduce, "ArgMinMax": arg_min_max}
