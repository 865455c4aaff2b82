"""Let a strategy decide how every group runs.

tile.group "conv1" (%0) {        ==>    tile.group "conv1" (%0) schedule
  ...                                     order [row, channel] tile [8, 56, 64, 256]
}                                         ws slots 2 { ...
"""

from dataclasses import dataclass, replace
from pathlib import Path

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ...backend_aipu.machine import load_machine
from ...dialects.tile import ScheduleAttr
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .check import check
from .decide import decided, is_file
from .goal import LATENCY, Goal
from .group_graph import group_graph
from .groups import groups_of
from .links import links_of
from .merging import merge
from .replay import replayed


@dataclass(frozen=True)
class AssignSchedulesPass(AipuPass):
    """Let a strategy decide how every group runs.

    strategy: its name, FILE.py:NAME, or a FILE.json of schedules to replay.
    goal: what it is to make small: latency, throughput, dram, energy or sram.
    budget: the seconds that it may take.
    seed: where what it draws at random begins.
    """

    name = "assign-schedules"
    semantics = EXACT

    target: str = "r329"
    strategy: str = "layerwise"
    goal: str = LATENCY.minimise
    budget: float | None = LATENCY.budget
    seed: int = LATENCY.seed

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        machine = load_machine(self.target)
        functions = machine_functions(op)
        graphs = [
            replace(group_graph(function), links=links_of(function))
            for function in functions
        ]
        by = f"the strategy '{self.strategy}'"
        goal = Goal(self.goal, self.budget, self.seed)
        if is_file(self.strategy):
            found = replayed(Path(self.strategy), functions, machine)
        else:
            found = decided(self.strategy, graphs, machine, goal)
        for function, graph, schedules in zip(functions, graphs, found, strict=True):
            groups = groups_of(function)
            for start, end, schedule in check(graph, schedules, machine, by):
                chosen = groups[start:end]
                group = chosen[0] if len(chosen) == 1 else merge(chosen)
                group.schedule = ScheduleAttr(schedule)
