"""Let a strategy decide how every group runs.

tile.group "conv1" (%0) {        ==>    tile.group "conv1" (%0) schedule
  ...                                     order [row, channel] tile [8, 56, 64, 256]
}                                         ws slots 2 { ...
"""

from dataclasses import dataclass, replace
from pathlib import Path

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from ...backend_aipu.machine import Machine, load_machine
from ...dialects.tile import ScheduleAttr
from ...errors import AipuError
from ..authoring.context import AipuContext
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .network.group_graph import GroupGraph, Schedules
from .network.groups import groups_of
from .network.links import group_graph
from .network.merging import merge
from .schedules.check import check
from .schedules.replay import replayed
from .strategies.decide import decided, is_file
from .strategies.goal import LATENCY, Goal
from .strategies.strategy import DEFAULT
from .tiled.cost import Cost


@dataclass(frozen=True)
class AssignSchedulesPass(AipuPass):
    """Let a strategy decide how every group runs.

    strategy: its name, FILE.py:NAME, or a FILE.json of schedules to replay.
    goal: what it is to make small: latency, throughput, dram, energy or sram.
    budget: the seconds that it may take.
    seed: where what it draws at random begins.
    without: ideas that it leaves out, as stripes,residual,keep,ahead,joined.
    """

    name = "assign-schedules"
    semantics = EXACT

    target: str = "r329"
    strategy: str = DEFAULT
    goal: str = LATENCY.minimise
    budget: float | None = LATENCY.budget
    seed: int = LATENCY.seed
    without: str = ""

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        machine = load_machine(self.target)
        functions = machine_functions(op)
        without = tuple(filter(None, self.without.split(",")))
        goal = Goal(self.goal, self.budget, self.seed, without)
        if is_file(self.strategy):
            if without:
                raise AipuError(
                    "a file of schedules leaves no ideas out: it says what runs",
                    place=self.strategy,
                    remedy="name a strategy, as --strategy dp",
                )
            found = replayed(Path(self.strategy), functions, machine)
        else:
            graphs = [_measurable(each, machine, ctx) for each in functions]
            found = decided(self.strategy, graphs, machine, goal)
        for function, schedules in zip(functions, found, strict=True):
            assign(function, schedules, machine, f"the strategy '{self.strategy}'")


def assign(
    function: FuncOp,
    schedules: Schedules,
    machine: Machine,
    by: str = "the strategy",
) -> None:
    """Let the groups of a function run by schedules, together where those say so.

    Raises:
        AipuError: they cannot, as `check` says; `by` is who made the schedules.
    """
    groups = groups_of(function)
    for start, end, schedule in check(group_graph(function), schedules, machine, by):
        chosen = groups[start:end]
        group = chosen[0] if len(chosen) == 1 else merge(chosen)
        group.schedule = ScheduleAttr(schedule)


def _measurable(function: FuncOp, machine: Machine, ctx: Context) -> GroupGraph:
    """What a strategy sees of a function; with what the simulator says of schedules,
    where it can be asked.
    """
    graph = group_graph(function)
    if not isinstance(ctx, AipuContext) or ctx.measure is None or not ctx.has_weights:
        return graph
    measure = ctx.measure

    def measured(schedules: Schedules) -> Cost:
        found = measure(function, schedules, machine, ctx.weights)
        assert isinstance(found, Cost)
        return found

    return replace(graph, measure=measured)
