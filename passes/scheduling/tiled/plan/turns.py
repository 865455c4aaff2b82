"""How often each loop of a windowed operator runs."""

from .....backend_aipu.counts import Count
from ....machine_forms.stage import Kind, Stage
from ..tiling import Tiling
from .boxes import tiles_of


def channel_groups(stage: Stage) -> int:
    """Groups of channels with weights of their own, which are walked one by one."""
    return stage.groups if stage.kind is Kind.CONVOLUTION else 1


def turns(stage: Stage, schedule: Tiling[Count]) -> dict[str, Count | int]:
    """How often the loops of a windowed operator run, in no order."""
    images, rows, columns, channels = stage.ofm
    groups = channel_groups(stage)
    return {
        "image": images,
        "group": groups,
        "row": tiles_of(rows, schedule.rows),
        "column": tiles_of(columns, schedule.columns),
        "channel": tiles_of(channels // groups, schedule.channels),
    }
