"""What the groups of a scheduled function have to compute and to move at least."""

from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ....dialects import tile
from ....dialects.nn import shape
from ...machine_forms.forms import feature_maps_of, stage_of
from ..network.groups import groups_of, operators_of
from ..network.links import graph_of, is_striped, keeper_of, keeps_result, only_operator
from ..network.names import source_of
from .bounds import FunctionWork, GroupWork
from .reads import least_reads, needed


def function_work(function: FuncOp) -> FunctionWork:
    """The work of the groups of a function, and what enters and leaves it.

    Raises:
        AipuError: a group cannot run as its schedule says.
    """
    block = function.body.block
    assert block.last_op is not None
    reads: dict[SSAValue, int] = dict.fromkeys(block.args, 0)
    groups: list[GroupWork] = []
    for op in groups_of(function):
        groups.append(group_work(op))
        for value, size in zip(op.inputs, groups[-1].input_bytes, strict=True):
            source = source_of(value)
            if source in reads:
                reads[source] = max(reads[source], size)
    made = {source_of(value) for value in block.last_op.operands} - reads.keys()
    return FunctionWork(groups, sum(reads.values()), sum(map(_bytes, made)))


def group_work(op: tile.GroupOp) -> GroupWork:
    """The work of a group: nothing goes to DRAM of a result that stays on chip."""
    if is_striped(op):
        graph = graph_of(op)
        stages = [operator.stage for operator in graph.operators]
        readers = [
            [] if graph.tensor_of(n) in graph.results else each
            for n, each in enumerate(graph.readers[len(graph.inputs) :])
        ]
        output_bytes = sum(prod(graph.maps[tensor]) for tensor in graph.also)
    else:
        stages, readers, output_bytes = [stage_of(only_operator(op))], [[]], 0
    if not keeps_result(op):
        output_bytes += prod(stages[-1].ofm)
    least = needed(stages, readers)
    reads: dict[SSAValue, int] = dict.fromkeys(op.body.block.args, 0)
    for operator, stage in zip(operators_of(op), least, strict=True):
        maps = feature_maps_of(operator)
        for value, size in zip(maps, least_reads(stage), strict=True):
            if value in reads:
                reads[value] = max(reads[value], size)
    for argument, value in zip(op.body.block.args, op.inputs, strict=True):
        if keeper_of(value):
            reads[argument] = 0
    return GroupWork(
        op.work.data, tuple(stages), least, tuple(reads.values()), output_bytes
    )


def _bytes(value: SSAValue) -> int:
    return prod(shape(value))
