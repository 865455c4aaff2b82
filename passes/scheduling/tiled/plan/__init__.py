"""From a group and its schedule to nests: one planner for each kind of stage.

A tile is rows, columns and channels of the ofm, and for convolutions `depth` ifm
channels at a time; of a permutation, a part of each of its four dimensions. An operand
is loaded inside of the innermost loop that it depends on, and no deeper: that alone
decides what stays on chip.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from .....backend_aipu.counts import Count, Ints, UndecidedError
from .....dialects.tile import GroupSchedule
from ....machine_forms.stage import Kind, Stage
from ..group import Group
from ..nest import Nest
from ..tiling import Tiling, Tilings
from .channelwise import plan_channelwise
from .convolution import plan_convolution
from .elementwise import plan_elementwise
from .legality import check_legal
from .movement import plan_move, plan_permutation


class Planner(Protocol):
    """Plans a kind of stages, by a schedule or by many at once.

    Raises:
        UndecidedError: the nests differ in more than numbers.
    """

    def __call__(self, stage: Stage, schedule: Tiling[Count]) -> list[Nest[Count]]: ...


PLANNERS: Mapping[Kind, Planner] = {
    Kind.CONVOLUTION: plan_convolution,
    Kind.DEPTHWISE: plan_channelwise,
    Kind.POOL: plan_channelwise,
    Kind.ELEMENTWISE: plan_elementwise,
    Kind.MOVE: plan_move,
    Kind.PERMUTE: plan_permutation,
}


def plan(group: Group, schedule: GroupSchedule) -> list[Nest[int]]:
    """The nests of a group, to be run one after another.

    Raises:
        AipuError: the schedule is not legal.
    """
    check_legal(group, schedule)
    return PLANNERS[group.stage.kind](group.stage, schedule)


def plan_all(
    stage: Stage, schedules: Tilings
) -> Iterator[tuple[Tilings, list[Nest[Ints]]]]:
    """The nests of a stage by legal schedules: by those together of which the nests
    differ in numbers only.
    """
    try:
        nests = PLANNERS[stage.kind](stage, schedules)
    except UndecidedError as condition:
        yield from plan_all(stage, schedules.where(condition.holds))
        yield from plan_all(stage, schedules.where(~condition.holds))
    else:
        yield schedules, nests
