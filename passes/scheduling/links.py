"""How the groups of a function hang together, as a scheduler sees it."""

from collections.abc import Sequence
from math import prod

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ...dialects import nn, tile
from ...dialects.nn import shape
from ...errors import AipuError
from ..machine_forms.forms import feature_maps_of, stage_of
from ..machine_forms.stage import Map, as_map
from .groups import groups_of, operators_of
from .striped.graph import Graph, Operator
from .striped.legality import WHAT_CAN
from .striped.segment import Member


def links_of(function: FuncOp) -> list[Member]:
    """The groups of a function, if each holds one operator; else none."""
    if any(len(operators_of(group)) > 1 for group in groups_of(function)):
        return []
    last = function.body.block.last_op
    assert last is not None
    return [
        _link(group, {*map(_source, last.operands)}) for group in groups_of(function)
    ]


def _link(group: tile.GroupOp, leaving: set[SSAValue]) -> Member:
    (operator,) = operators_of(group)
    outside: dict[SSAValue, SSAValue] = dict(
        zip(group.body.block.args, group.inputs, strict=True)
    )
    values = [outside[v] for v in feature_maps_of(operator) if v in outside]
    return Member(
        group.work.data,
        stage_of(operator),
        tuple(_name(_source(value)) for value in values),
        tuple(_source(value) is value for value in values),
        _map(group.results[0]),
        tuple(map(_map, values)),
        group.results[0] in leaving,
    )


def graph_of(group: tile.GroupOp) -> Graph:
    """The operators of a group that runs in stripes.

    Raises:
        AipuError: one of them cannot, or something else leaves the group than the
            result of the last, which no other reads; or it is given what none reads.
    """
    operators = operators_of(group)
    _check_inside(group, operators)
    tensors: dict[SSAValue, int] = {}
    for value in (*group.body.block.args, *(operator.ofm for operator in operators)):
        tensors[value] = len(tensors)
    found: list[Operator] = []
    for operator in operators:
        reads = [value for value in feature_maps_of(operator) if value in tensors]
        names = tuple(str(tensors[value]) for value in reads)
        maps, direct = tuple(map(_map, reads)), (True,) * len(reads)
        stage, ofm = stage_of(operator), _map(operator.ofm)
        link = Member("", stage, names, direct, ofm, maps, False)
        if not link.can_stripe:
            raise AipuError(
                f"{operator.name} of {list(shape(operator.ofm))} cannot run in stripes",
                place=group.work.data,
                remedy=WHAT_CAN,
            )
        found.append(Operator(link.striped, tuple(tensors[value] for value in reads)))
    inputs = [as_map(shape(value)) for value in group.body.block.args]
    return Graph(tuple(inputs), tuple(found))


def _check_inside(group: tile.GroupOp, operators: Sequence[nn.Operator]) -> None:
    *before, last = operators
    end = group.body.block.last_op
    assert isinstance(end, tile.YieldOp)
    if [*end.values] != [last.ofm] or not last.ofm.has_one_use():
        raise AipuError(
            f"a group in stripes gives away the result of {last.name}, its last "
            "operator, which no other reads, and nothing else",
            place=group.work.data,
            remedy="make a group of each operator whose result others read",
        )
    for value in (*group.body.block.args, *(operator.ofm for operator in before)):
        if not value.uses:
            raise AipuError(
                "no operator of the group reads a map that it has",
                place=group.work.data,
                remedy="leave out what makes it, or what the group is given",
            )


def _source(value: SSAValue) -> SSAValue:
    """What a value is another name of."""
    while isinstance(value.owner, nn.ReshapeOp):
        value = value.owner.ifm
    return value


def _name(value: SSAValue) -> str:
    owner = value.owner
    if isinstance(owner, tile.GroupOp):
        return owner.work.data
    return f"input {getattr(value, 'index', 0)} of the network"


def _map(value: SSAValue) -> Map | None:
    extents: Sequence[int] = shape(value)
    return as_map(extents) if len(extents) == 4 and prod(extents) else None
