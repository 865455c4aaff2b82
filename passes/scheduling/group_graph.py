"""The groups of a function as a scheduler sees them."""

from xdsl.dialects.func import FuncOp

from ...dialects import nn, tile
from ...errors import AipuError
from ..machine_forms.forms import stage_of
from .fit import several_in_tiles
from .group import Group, GroupGraph
from .groups import groups_of, operators_of
from .links import links_of


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
