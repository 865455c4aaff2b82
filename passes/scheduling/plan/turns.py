"""How often each loop of a group runs."""

from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Kind
from ..group import Group
from .boxes import ceil_divide

ROWS, COLUMNS = 0, 1


def before_tail(group: Group, axis: int, size: int) -> tuple[int, int]:
    """The rows or columns of a tile of the first stage, and all of them that are
    needed, of `size` of the last.

    A pool in the tail takes several rows to make one; its windows do not overlap.
    """
    total = group.tail.ofm[1 + axis]
    size = min(size, total)
    for stage in group.stages[1:]:
        if stage.kind is Kind.POOL:
            size *= stage.window.stride[axis]
            total *= stage.window.stride[axis]
    return size, total


def channel_groups(group: Group) -> int:
    """Groups of channels with weights of their own, which are walked one by one."""
    return group.head.groups if group.head.kind is Kind.CONVOLUTION else 1


def turns(group: Group, schedule: GroupSchedule) -> dict[str, int]:
    """How often the loops of a windowed operator run, in no order."""
    images, _, _, channels = group.head.ofm
    rows, total_rows = before_tail(group, ROWS, schedule.rows)
    columns, total_columns = before_tail(group, COLUMNS, schedule.columns)
    groups = channel_groups(group)
    return {
        "image": images,
        "group": groups,
        "row": ceil_divide(total_rows, rows),
        "column": ceil_divide(total_columns, columns),
        "channel": ceil_divide(channels // groups, schedule.channels),
    }
