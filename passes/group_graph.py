"""The groups of a function as a scheduler sees them."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ..dialects import nn, tile
from ..dialects.nn import shape
from ..errors import AipuError
from .schedule.group import Group, GroupGraph, Kind, Stage
from .stages import stage_of


def groups_of(function: FuncOp) -> list[tile.GroupOp]:
    """The groups of a function, in order."""
    return [op for op in function.body.block.ops if isinstance(op, tile.GroupOp)]


def group_of(op: tile.GroupOp) -> Group:
    """What a scheduler sees of a group.

    Raises:
        AipuError: its operators are no chain.
    """
    head, *tail = operators_of(op)
    _check_chain(op, [head, *tail])
    stages = [stage_of(head)]
    for operator in tail:
        stages.append(_later_stage(operator, stages[-1]))
    return Group(
        op.work.data, tuple(stages), tuple(_bytes(value) for value in op.inputs)
    )


def _check_chain(group: tile.GroupOp, operators: Sequence[nn.Operator]) -> None:
    """What an operator makes is read by the next one alone, and the last is yielded.

    The tiles of a group go from stage to stage; nothing else leaves a stage.
    """
    readers = [*operators[1:], group.body.block.last_op]
    for op, reader in zip(operators, readers, strict=True):
        if {use.operation for use in op.ofm.uses} != {reader}:
            raise AipuError(
                f"the result of {op.name} must be read by the operator after it, and "
                "by no other; that of the last is what the group yields",
                place=group.work.data,
                remedy="make a group of each operator whose result others read",
            )


def operators_of(op: tile.GroupOp) -> list[nn.Operator]:
    """The operators of a group, in order."""
    return [o for o in op.body.block.ops if isinstance(o, nn.Operator)]


def _later_stage(op: nn.Operator, before: Stage) -> Stage:
    """The stage of an operator on the tiles that the stage before it makes.

    What treats every byte alike works on that one's feature map. The first operand is
    what is made on chip.
    """
    stage = stage_of(op)
    if stage.kind is not Kind.ELEMENTWISE:
        return stage
    made = [isinstance(value.owner, nn.Operator) for value in op.operands]
    operands = stage.operands
    if made[:2] == [False, True]:
        operands = operands[::-1]
    return replace(stage, ifm=before.ofm, ofm=before.ofm, operands=operands)


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
