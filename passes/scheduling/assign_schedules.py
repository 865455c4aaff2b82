"""Let a strategy decide how every group runs.

tile.group "conv1" (%0) {        ==>    tile.group "conv1" (%0) schedule
  ...                                     order [row, channel] tile [8, 56, 64, 256]
}                                         ws slots 2 { ...
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from ...backend_aipu.machine import load_machine
from ...dialects.tile import (
    GroupOp,
    GroupSchedule,
    Schedule,
    ScheduleAttr,
    StripedSchedule,
)
from ...errors import AipuError
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .decide import decided
from .goal import LATENCY, Goal
from .group_graph import group_graph
from .groups import groups_of
from .links import links_of
from .merging import merge
from .strategy import Schedules


@dataclass(frozen=True)
class AssignSchedulesPass(AipuPass):
    """Let a strategy decide how every group runs.

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
        goal = Goal(self.goal, self.budget, self.seed)
        found = decided(self.strategy, graphs, machine, goal)
        for function, schedules in zip(functions, found, strict=True):
            for group, schedule in self._groups(function, schedules):
                group.schedule = ScheduleAttr(schedule)

    def _groups(
        self, function: FuncOp, schedules: Schedules
    ) -> Iterator[tuple[GroupOp, Schedule]]:
        """The groups that a strategy makes of those that there are.

        Raises:
            AipuError: it leaves some out, or names others or one of them twice, or lets
                those run together that cannot; or what it gives is no schedule.
        """
        order = groups_of(function)
        groups = {group.work.data: group for group in order}
        for names, schedule in self._given(schedules):
            chosen: list[GroupOp] = []
            for name in names:
                if name not in groups:
                    raise AipuError(
                        f"the strategy '{self.strategy}' schedules it though it is no "
                        "group, or is scheduled already",
                        place=name,
                    )
                chosen.append(groups.pop(name))
            first = order.index(chosen[0])
            if order[first : first + len(chosen)] != chosen:
                raise AipuError(
                    f"the strategy '{self.strategy}' lets groups run together that are "
                    "no neighbours, or in another order",
                    place=", ".join(names),
                    remedy="name groups that follow one another in `graph.groups`",
                )
            yield (chosen[0] if len(chosen) == 1 else merge(chosen)), schedule
        for name in groups:
            raise AipuError(
                f"the strategy '{self.strategy}' gives it no schedule", place=name
            )

    def _given(
        self, schedules: Schedules
    ) -> Iterator[tuple[tuple[str, ...], Schedule]]:
        """What a strategy gives: names of groups that are to be one, and how that runs.

        Raises:
            AipuError: it gives something else.
        """
        if not isinstance(schedules, Mapping):
            raise self._no_schedules(
                f"{type(schedules).__name__} in place of schedules"
            )
        for key, schedule in schedules.items():
            names = (key,) if isinstance(key, str) else key
            named = isinstance(names, tuple) and names
            if not named or not all(isinstance(name, str) for name in names):
                raise self._no_schedules(f"{key!r} in place of names of groups")
            if not isinstance(schedule, GroupSchedule | StripedSchedule):
                raise self._no_schedules(f"{schedule!r} in place of a schedule")
            yield names, schedule

    def _no_schedules(self, found: str) -> AipuError:
        return AipuError(
            f"the strategy '{self.strategy}' gives {found}",
            remedy="a strategy gives a mapping from the name of a group, or a tuple of "
            "names, to a GroupSchedule or a StripedSchedule",
        )
