"""From a group and its schedule to nests: one planner for each kind of stage.

A tile is rows, columns and channels of the ofm, and for convolutions `depth` ifm
channels at a time; of a permutation, a part of each of its four dimensions. An operand
is loaded inside of the innermost loop that it depends on, and no deeper: that alone
decides what stays on chip.
"""

from collections.abc import Callable, Mapping

from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Kind, Stage
from ..group import Group
from ..nest import Nest
from .channelwise import plan_channelwise
from .convolution import plan_convolution
from .elementwise import plan_elementwise
from .legality import check_legal
from .movement import plan_move, plan_permutation

PLANNERS: Mapping[Kind, Callable[[Stage, GroupSchedule], list[Nest]]] = {
    Kind.CONVOLUTION: plan_convolution,
    Kind.DEPTHWISE: plan_channelwise,
    Kind.POOL: plan_channelwise,
    Kind.ELEMENTWISE: plan_elementwise,
    Kind.MOVE: plan_move,
    Kind.PERMUTE: plan_permutation,
}


def plan(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """The nests of a group, to be run one after another.

    Raises:
        AipuError: the schedule is not legal.
    """
    check_legal(group, schedule)
    return PLANNERS[group.stage.kind](group.stage, schedule)
