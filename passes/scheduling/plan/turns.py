"""How often each loop of a windowed operator runs."""

from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Kind, Stage
from .boxes import ceil_divide


def channel_groups(stage: Stage) -> int:
    """Groups of channels with weights of their own, which are walked one by one."""
    return stage.groups if stage.kind is Kind.CONVOLUTION else 1


def turns(stage: Stage, schedule: GroupSchedule) -> dict[str, int]:
    """How often the loops of a windowed operator run, in no order."""
    images, rows, columns, channels = stage.ofm
    groups = channel_groups(stage)
    return {
        "image": images,
        "group": groups,
        "row": ceil_divide(rows, schedule.rows),
        "column": ceil_divide(columns, schedule.columns),
        "channel": ceil_divide(channels // groups, schedule.channels),
    }
