"""Let a strategy decide how every group runs.

tile.group "conv1" (%0) {        ==>    tile.group "conv1" (%0) schedule
  ...                                     order [row, channel] tile [8, 56, 64, 256]
}                                         ws slots 2 { ...
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ...backend_aipu.machine import load_machine
from ...dialects.tile import ScheduleAttr
from ...errors import AipuError
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .group_graph import group_graph, groups_of
from .strategy import strategy


@dataclass(frozen=True)
class AssignSchedulesPass(AipuPass):
    """Let a strategy decide how every group runs."""

    name = "assign-schedules"
    semantics = EXACT

    target: str = "r329"
    strategy: str = "layerwise"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        machine = load_machine(self.target)
        decide = strategy(self.strategy)
        for function in machine_functions(op):
            schedules = decide.schedule(group_graph(function), machine)
            for group in groups_of(function):
                if group.work.data not in schedules:
                    raise AipuError(
                        f"the strategy '{self.strategy}' gives it no schedule",
                        place=group.work.data,
                    )
                group.schedule = ScheduleAttr(schedules[group.work.data])
