"""How often each loop of a group runs."""

from ....dialects.tile import GroupSchedule
from ..group import Group, Kind
from .boxes import ceil_divide


def rows_before_tail(group: Group, rows: int) -> tuple[int, int]:
    """The rows of a tile of the first stage, and all of its rows that are needed.

    A pool in the tail takes several rows to make one; its windows do not overlap.
    """
    total = group.tail.ofm[1]
    rows = min(rows, total)
    for stage in group.stages[1:]:
        if stage.kind is Kind.POOL:
            rows *= stage.window.stride[0]
            total *= stage.window.stride[0]
    return rows, total


def channel_groups(group: Group) -> int:
    """Groups of channels with weights of their own, which are walked one by one."""
    return group.head.groups if group.head.kind is Kind.CONVOLUTION else 1


def turns(group: Group, schedule: GroupSchedule) -> dict[str, int]:
    """How often the loops of a windowed operator run, in no order."""
    images, _, _, channels = group.head.ofm
    rows, total_rows = rows_before_tail(group, schedule.rows)
    groups = channel_groups(group)
    return {
        "image": images,
        "group": groups,
        "row": ceil_divide(total_rows, rows),
        "channel": ceil_divide(channels // groups, schedule.channels),
    }
