"""How the groups of a function hang together, as a scheduler sees it."""

from collections.abc import Iterator, Sequence
from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, BlockArgument, Operation, OpResult, SSAValue

from ....dialects import nn, tile
from ....dialects.locations import source_name
from ....dialects.nn import shape
from ....errors import AipuError
from ...machine_forms.forms import feature_maps_of, stage_of
from ...machine_forms.stage import Map, as_map
from ..striped.graph import Graph
from ..striped.kept import Kept, kept
from ..striped.legality import WHAT_CAN
from ..striped.operator import Operator
from ..striped.segment import Member, graph_of_members
from ..tiled.fit import several_in_tiles
from ..tiled.group import Group
from .group_graph import GroupGraph
from .groups import groups_of, operators_of
from .held_constants import constants_of, held_of
from .names import origin_of, source_of, uses_of


def group_graph(function: FuncOp) -> GroupGraph:
    """The groups of a function, of one operator each, and how they hang together.

    Raises:
        AipuError: there are groups of several operators.
    """
    groups = [group_of(op) for op in groups_of(function)]
    return GroupGraph(groups, links_of(function))


def group_of(op: tile.GroupOp) -> Group:
    """What a scheduler sees of a group.

    Raises:
        AipuError: it holds several operators, or gives away something else than what
            its operator makes.
    """
    return Group(op.work.data, stage_of(only_operator(op)))


def only_operator(op: tile.GroupOp) -> nn.Operator:
    """The operator of a group that runs in tiles, or has no schedule yet.

    Raises:
        AipuError: as `group_of`.
    """
    operators = operators_of(op)
    if len(operators) != 1:
        raise several_in_tiles(op.work.data, len(operators))
    (operator,) = operators
    if [use.operation for use in operator.ofm.uses] != [op.body.block.last_op] or (
        len(op.results) != 1
    ):
        raise AipuError(
            f"it gives away the result of {operator.name}, once, and nothing else",
            place=op.work.data,
            remedy="let tile.yield have that one value",
        )
    return operator


def links_of(function: FuncOp) -> list[Member]:
    """The groups of a function, of one operator each."""
    block = function.body.block
    last = block.last_op
    assert last is not None
    slices = [op for op in block.ops if isinstance(op, nn.SliceOp)]
    leaving = {*map(source_of, last.operands), *(source_of(op.ifm) for op in slices)}
    return [_link(group, leaving) for group in groups_of(function)]


def _link(group: tile.GroupOp, leaving: set[SSAValue]) -> Member:
    (operator,) = operators_of(group)
    outside: dict[SSAValue, SSAValue] = dict(
        zip(group.body.block.args, group.inputs, strict=True)
    )
    values = [outside[v] for v in feature_maps_of(operator) if v in outside]
    return Member(
        group.work.data,
        stage_of(operator),
        tuple(_name(source_of(value)) for value in values),
        tuple(map_of(source_of(value)) == map_of(value) for value in values),
        map_of(group.last_result),
        tuple(map(map_of, values)),
        group.last_result in leaving,
        constants_of(operator),
        tuple(dict.fromkeys(filter(None, map(_apart, values)))),
    )


def _apart(value: SSAValue) -> str:
    """The group that makes what a value is a part of, if one does."""
    whole = origin_of(value)
    made = isinstance(whole.owner, tile.GroupOp) and whole is not source_of(value)
    return _name(whole) if made else ""


def graph_of(group: tile.GroupOp) -> Graph:
    """The operators of a group that runs in stripes.

    Raises:
        AipuError: one of them cannot; the result of the last is not the last that
            leaves the group, or others of the group read it; or none of them reads what
            it is given, or what another makes.
    """
    operators = operators_of(group)
    _check_inside(group, operators)
    tensors: dict[SSAValue, int] = {}
    for value in (*group.body.block.args, *(operator.ofm for operator in operators)):
        tensors[value] = len(tensors)
    members: list[Member] = []
    numbers: list[tuple[int, ...]] = []
    for operator in operators:
        maps = map(source_of, feature_maps_of(operator))
        reads = [value for value in maps if value in tensors]
        link = _member(operator, reads)
        if not link.can_stripe:
            raise AipuError(
                f"{operator.name} of {list(shape(operator.ofm))} cannot run in stripes",
                place=group.work.data,
                remedy=WHAT_CAN,
            )
        members.append(link)
        numbers.append(tuple(tensors[value] for value in reads))
    inputs = [map_of(value) for value in group.body.block.args]
    end = group.body.block.last_op
    assert isinstance(end, tile.YieldOp)
    also = [tensors[source_of(value)] for value in end.values[:-1]]
    return graph_of_members(
        [each for each in inputs if each],
        members,
        numbers,
        [*_stays(group, len(tensors))],
        held_of(group),
        also,
    )


def keeps_result(op: Operation | Block) -> bool:
    """Whether it is a group whose last result stays on chip."""
    if not isinstance(op, tile.GroupOp) or op.schedule is None:
        return False
    schedule = op.schedule.data
    return isinstance(schedule, tile.StripedSchedule) and schedule.kept


def keeper_of(value: SSAValue) -> tile.GroupOp | None:
    """The group that leaves a value on chip, if one does."""
    source = source_of(value)
    group = source.owner
    if isinstance(group, tile.GroupOp) and source is group.last_result:
        return group if keeps_result(group) else None
    return None


def is_striped(group: tile.GroupOp) -> bool:
    """Whether a group runs in stripes."""
    schedule = group.schedule
    return schedule is not None and isinstance(schedule.data, tile.StripedSchedule)


def kept_as(group: tile.GroupOp) -> Kept:
    """How the result of a group stays on chip.

    Raises:
        AipuError: others read it than groups in stripes, or not as it is; or they pad
            it with other numbers.
    """
    readers: list[Operator] = []
    for use in uses_of(group.last_result):
        reader = use.operation
        if not isinstance(reader, tile.GroupOp) or not is_striped(reader):
            raise AipuError(
                "its result stays on chip, but is read by what does not run in stripes",
                place=group.work.data,
                remedy="leave out `result sram`, or let all its readers run in stripes",
            )
        argument = reader.body.block.args[use.index]
        if map_of(argument) != map_of(group.last_result):
            raise AipuError(
                "its result stays on chip, but is read in another shape",
                place=group.work.data,
                remedy="leave out `result sram`",
            )
        for operator in operators_of(reader):
            if argument in operator.operands:
                member = _member(operator, [argument])
                readers.append(Operator(member.striped, (0,)))
    map_ = map_of(group.last_result)
    found = kept(map_, readers) if map_ else None
    if found is None:
        raise AipuError(
            "its result stays on chip, but those that read it pad it with different "
            "numbers",
            place=group.work.data,
            remedy="leave out `result sram`",
        )
    return found


def _stays(group: tile.GroupOp, tensors: int) -> Iterator[tuple[int, Kept]]:
    """The tensors of a group that stay on chip before or after it."""
    for number, value in enumerate(group.inputs):
        if maker := keeper_of(value):
            yield number, kept_as(maker)
    if keeps_result(group):
        yield tensors - 1, kept_as(group)


def _member(operator: nn.Operator, reads: Sequence[SSAValue]) -> Member:
    """An operator of a group, by itself."""
    return Member(
        "",
        stage_of(operator),
        ("",) * len(reads),
        (True,) * len(reads),
        map_of(operator.ofm),
        tuple(map(map_of, reads)),
        False,
    )


def _check_inside(group: tile.GroupOp, operators: Sequence[nn.Operator]) -> None:
    *before, last = operators
    end = group.body.block.last_op
    assert isinstance(end, tile.YieldOp)
    made = [operator.ofm for operator in before]
    if end.values[-1] != last.ofm or not last.ofm.has_one_use():
        raise AipuError(
            f"a group in stripes gives away the result of {last.name}, its last "
            "operator, behind all others, and none of its operators reads that",
            place=group.work.data,
            remedy="make a group of each operator whose result others read",
        )
    if not {*map(source_of, end.values[:-1])} <= {*made}:
        raise AipuError(
            "a group in stripes gives away what it was given",
            place=group.work.data,
            remedy="let it give away what its operators make",
        )
    for value in (*group.body.block.args, *made):
        if not any(use.operation is not end for use in uses_of(value)):
            raise AipuError(
                "no operator of the group reads a map that it has",
                place=group.work.data,
                remedy="leave out what makes it, or what the group is given",
            )


def _name(value: SSAValue) -> str:
    match value:
        case OpResult(op=tile.GroupOp() as group):
            return group.work.data
        case OpResult(op=part):
            return f"part {source_name(part)}"
        case BlockArgument(index=index):
            return f"input {index} of the network"
    raise AssertionError(value)


def map_of(value: SSAValue) -> Map | None:
    """A value as rows, columns and channels of images; a row by itself is a pixel."""
    extents: Sequence[int] = shape(value)
    if len(extents) == 2:
        rows, channels = extents
        extents = (1, rows, 1, channels)
    return as_map(extents) if len(extents) == 4 and prod(extents) else None
