"""Let a strategy decide how every group runs.

tile.group "conv1" (%0) {        ==>    tile.group "conv1" (%0) schedule
  ...                                     order [row, channel] tile [8, 56, 64, 256]
}                                         ws slots 2 { ...
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from ...backend_aipu.machine import load_machine
from ...dialects.tile import GroupOp, Schedule, ScheduleAttr
from ...errors import AipuError
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .group_graph import group_graph
from .groups import groups_of
from .links import links_of
from .merging import merge_all
from .strategy import Schedules, strategy


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
            graph = replace(group_graph(function), links=links_of(function))
            schedules = decide.schedule(graph, machine)
            for group, schedule in self._groups(function, schedules):
                group.schedule = ScheduleAttr(schedule)

    def _groups(
        self, function: FuncOp, schedules: Schedules
    ) -> Iterator[tuple[GroupOp, Schedule]]:
        """The groups that a strategy makes of those that there are.

        Raises:
            AipuError: it leaves some out, or names others or one of them twice.
        """
        groups = {group.work.data: group for group in groups_of(function)}
        for key, schedule in schedules.items():
            names = (key,) if isinstance(key, str) else key
            for name in names:
                if name not in groups:
                    raise AipuError(
                        f"the strategy '{self.strategy}' schedules it though it is no "
                        "group, or is scheduled already",
                        place=name,
                    )
            chosen = [groups.pop(name) for name in names]
            yield (chosen[0] if len(chosen) == 1 else merge_all(chosen)), schedule
        for name in groups:
            raise AipuError(
                f"the strategy '{self.strategy}' gives it no schedule", place=name
            )
