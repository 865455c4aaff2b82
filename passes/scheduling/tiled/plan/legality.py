"""Which schedules compute all of a group, and nothing else.

Whatever is legal gives the same values. Whether a machine has room for it is another
question: see `fit`.
"""

from collections.abc import Iterator

from .....dialects.tile import GroupSchedule
from .....errors import AipuError
from ....machine_forms.stage import WINDOWED, Kind, Stage
from ..group import Group
from .turns import channel_groups, turns

LOOPS = ("image", "group", "row", "column", "channel")
"""The loops of windows, whose order a schedule says; `depth` is always the innermost.
Others run theirs in one order.
"""


def check_legal(group: Group, schedule: GroupSchedule) -> None:
    """Whether a group can run by a schedule.

    Raises:
        AipuError: it would compute too little, or something else.
    """
    for problem, remedy in _problems(group.stage, schedule):
        raise AipuError(problem, place=group.name, remedy=remedy)


def splits_evenly(stage: Stage) -> bool:
    """Whether tiles must divide all channels: one that is cut short would spill into
    the next group, or be no tile of a pool.
    """
    return channel_groups(stage) > 1 or stage.kind is Kind.POOL


def _problems(stage: Stage, schedule: GroupSchedule) -> Iterator[tuple[str, str]]:
    for loop in schedule.order:
        if loop not in LOOPS:
            yield f"the schedule names a loop '{loop}'", f"known: {', '.join(LOOPS)}"
    if stage.by_row and schedule.channels < stage.ofm[3]:
        yield (
            f"a row of {stage.ofm[3]} channels is cut at {schedule.channels}",
            f"{stage.operator} needs whole rows",
        )
    if stage.kind not in WINDOWED:
        return
    for loop, count in turns(stage, schedule).items():
        if count > 1 and loop not in schedule.order:
            yield (
                f"the schedule has no loop '{loop}', which must run {count} times",
                "add it to the order, or make the tile larger",
            )
    channels = stage.ofm[3] // channel_groups(stage)
    if splits_evenly(stage) and channels % schedule.channels:
        yield (
            f"tiles of {schedule.channels} channels do not divide {channels}",
            "a pool and a grouped convolution need tiles that do",
        )
    depth = stage.ifm[3] // channel_groups(stage)
    if channel_groups(stage) > 1 and schedule.depth < depth:
        yield (
            f"a grouped convolution takes its {depth} ifm channels at once, the tile "
            f"has {schedule.depth}",
            "make the depth of the tile larger",
        )
