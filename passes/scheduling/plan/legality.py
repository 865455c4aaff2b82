"""Which schedules compute all of a group, and nothing else.

Whatever is legal gives the same values. Whether a machine has room for it is another
question: see `fit`.
"""

from collections.abc import Iterator

from ....dialects.tile import GroupSchedule
from ....errors import AipuError
from ...machine_forms.stage import WINDOWED, Kind, Stage, View
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
    for problem, remedy in _problems(group, schedule):
        raise AipuError(problem, place=group.name, remedy=remedy)


def splits_evenly(group: Group) -> bool:
    """Whether tiles must divide all channels: one that is cut short would spill into
    the next group, or leave bytes that a later stage reads.
    """
    several = channel_groups(group) > 1 or len(group.stages) > 1
    return several or group.head.kind is Kind.POOL


def _problems(group: Group, schedule: GroupSchedule) -> Iterator[tuple[str, str]]:
    for loop in schedule.order:
        if loop not in LOOPS:
            yield f"the schedule names a loop '{loop}'", f"known: {', '.join(LOOPS)}"
    if group.head.by_row and schedule.channels < group.head.ofm[3]:
        yield (
            f"a row of {group.head.ofm[3]} channels is cut at {schedule.channels}",
            f"{group.head.operator} needs whole rows",
        )
    for stage in group.stages[1:]:
        if not _on_tiles(group.head, stage):
            yield (
                f"{stage.operator} cannot run on the tiles of {group.head.operator}",
                "sums of two maps and max pools of windows that do not touch can, on "
                "those of a convolution; give others groups of their own",
            )
    if group.head.kind not in WINDOWED:
        return
    for loop, count in turns(group, schedule).items():
        if count > 1 and loop not in schedule.order:
            yield (
                f"the schedule has no loop '{loop}', which must run {count} times",
                "add it to the order, or make the tile larger",
            )
    channels = group.head.ofm[3] // channel_groups(group)
    if splits_evenly(group) and channels % schedule.channels:
        yield (
            f"tiles of {schedule.channels} channels do not divide {channels}",
            "a pool, a grouped convolution and fused stages need tiles that do",
        )
    depth = group.head.ifm[3] // channel_groups(group)
    if channel_groups(group) > 1 and schedule.depth < depth:
        yield (
            f"a grouped convolution takes its {depth} ifm channels at once, the tile "
            f"has {schedule.depth}",
            "make the depth of the tile larger",
        )


def _on_tiles(head: Stage, stage: Stage) -> bool:
    """Whether a later stage takes tiles as a convolution makes them."""
    if head.kind is not Kind.CONVOLUTION or stage.parameter_bytes:
        return False
    if stage.kind is Kind.POOL:
        window = stage.window
        return window.kernel == window.stride and not any(window.pad)
    sums = stage.kind is Kind.ELEMENTWISE and len(stage.operands) == 2
    return sums and all(map(_is_dense, stage.views))


def _is_dense(view: View) -> bool:
    """Whether a view is all bytes in order; the stride of one element says nothing."""
    strides = zip(view.shape, view.strides, View.dense(view.shape).strides, strict=True)
    return not view.offset and all(
        stride == dense for extent, stride, dense in strides if extent > 1
    )
