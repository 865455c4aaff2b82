"""The groups of a function as a scheduler sees them."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ...dialects import nn, tile
from ...dialects.nn import shape
from ...errors import AipuError
from ..machine_forms.forms import feature_maps_of, stage_of
from ..machine_forms.stage import Kind, Stage
from .group import Group, GroupGraph
from .groups import groups_of, operators_of, source_of
from .links import graph_of, keeper_of, keeps_result
from .reads import least_reads, needed


def group_of(op: tile.GroupOp) -> Group:
    """What a scheduler sees of a group.

    Raises:
        AipuError: its operators are no chain.
    """
    operators = operators_of(op)
    if op.schedule is not None and isinstance(op.schedule.data, tile.StripedSchedule):
        graph = graph_of(op)
        stages = [operator.stage for operator in graph.operators]
        readers = [
            [] if graph.tensor_of(n) in graph.results else each
            for n, each in enumerate(graph.readers[len(graph.inputs) :])
        ]
        also = sum(prod(graph.maps[tensor]) for tensor in graph.also)
    else:
        also = 0
        _check_chain(op, operators)
        readers = [*([n] for n in range(1, len(operators))), []]
        stages = [stage_of(operators[0])]
        for operator in operators[1:]:
            stages.append(_later_stage(operator, stages[-1]))
    reads: dict[SSAValue, int] = dict.fromkeys(op.body.block.args, 0)
    least = needed(stages, readers)
    for operator, stage in zip(operators, least, strict=True):
        maps = feature_maps_of(operator)
        for value, size in zip(maps, least_reads(stage), strict=True):
            if value in reads:
                reads[value] = max(reads[value], size)
    for argument, value in zip(op.body.block.args, op.inputs, strict=True):
        if keeper_of(value):
            reads[argument] = 0
    return Group(
        op.work.data,
        tuple(stages),
        tuple(reads.values()),
        least,
        keeps_result(op),
        also,
    )


def _check_chain(group: tile.GroupOp, operators: Sequence[nn.Operator]) -> None:
    """What an operator makes is read by the next one alone, and the last is yielded.

    The tiles of a group go from stage to stage; nothing else leaves a stage.
    """
    readers = [*operators[1:], group.body.block.last_op]
    for op, reader in zip(operators, readers, strict=True):
        if [use.operation for use in op.ofm.uses] != [reader]:
            raise AipuError(
                f"the result of {op.name} must be read by the operator after it, once, "
                "and by no other; that of the last is what the group yields",
                place=group.work.data,
                remedy="make a group of each operator whose result others read",
            )


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
    block = function.body.block
    assert block.last_op is not None
    reads: dict[SSAValue, int] = dict.fromkeys(block.args, 0)
    groups: list[Group] = []
    for op in groups_of(function):
        groups.append(group_of(op))
        for value, size in zip(op.inputs, groups[-1].input_bytes, strict=True):
            source = source_of(value)
            if source in reads:
                reads[source] = max(reads[source], size)
    made = {source_of(value) for value in block.last_op.operands} - reads.keys()
    return GroupGraph(groups, sum(reads.values()), sum(map(_bytes, made)))


def _bytes(value: SSAValue) -> int:
    return prod(shape(value))
