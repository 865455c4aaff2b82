"""The groups of a function as a scheduler sees them."""

from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ..dialects import nn, tile
from ..dialects.nn import shape
from .schedule.group import Group, GroupGraph
from .stages import stage_of


def groups_of(function: FuncOp) -> list[tile.GroupOp]:
    """The groups of a function, in order."""
    return [op for op in function.body.block.ops if isinstance(op, tile.GroupOp)]


def group_of(op: tile.GroupOp) -> Group:
    """What a scheduler sees of a group."""
    operators = [o for o in op.body.block.ops if isinstance(o, nn.Operator)]
    return Group(
        op.work.data,
        tuple(stage_of(operator) for operator in operators),
        tuple(_bytes(value) for value in op.inputs),
    )


def group_graph(function: FuncOp) -> GroupGraph:
    """The groups of a function, and what enters and leaves it."""
    returned = function.body.block.last_op
    assert returned is not None
    return GroupGraph(
        [group_of(op) for op in groups_of(function)],
        sum(_bytes(value) for value in function.body.block.args),
        sum(_bytes(value) for value in returned.operands),
    )


def _bytes(value: SSAValue) -> int:
    return prod(shape(value))
