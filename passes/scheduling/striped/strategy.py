"""The strategy `striped`: groups of neighbours in stripes wherever that is cheapest.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, the one that costs least: found from the front, since
what comes before a cut does not change what comes after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule, Schedule, StripedSchedule
from ..cost import Cost, cost
from ..fit import fits
from ..goal import LATENCY, Goal
from ..group import GroupGraph
from ..layerwise import Layerwise, with_least_sram
from ..plan import plan
from .candidates import stripe_candidates
from .estimate import estimate
from .graph import Graph

LONGEST = 12
"""So many operators are one group at most."""


@dataclass(frozen=True)
class _Choice:
    """The best way to the end of a group: what it costs, where the group begins."""

    cost: Cost
    start: int
    schedule: Schedule


class Striped:
    """Groups in stripes, and others by themselves, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        if goal.minimise == "sram":
            machine = with_least_sram(graph, machine)
            goal = replace(goal, minimise="latency")
        alone = Layerwise().schedule(graph, machine, goal)
        names = [group.name for group in graph.groups]
        striping = _Striping(machine, goal)
        best = [_Choice(Cost(0, 0, 0, 0), 0, StripedSchedule(1, (), ""))]
        for end, group in enumerate(graph.groups, 1):
            own = alone[group.name]
            parts: list[tuple[int, Cost, Schedule]] = [
                (end - 1, cost(plan(group, own), machine), own)
            ]
            for start in range(max(0, end - LONGEST), end - 1):
                choice = striping.best(graph.together(start, end))
                if choice is not None:
                    parts.append((start, *choice))
            best.append(
                min(
                    (
                        _Choice(_sum(best[start].cost, spent), start, schedule)
                        for start, spent, schedule in parts
                    ),
                    key=lambda each: goal.rank(each.cost, machine),
                )
            )
        return _chosen(names, best)


def _sum(one: Cost, other: Cost) -> Cost:
    """The cost of groups one after the other."""
    return Cost(
        one.cycles + other.cycles,
        one.dram_bytes + other.dram_bytes,
        max(one.sram_bytes, other.sram_bytes),
        max(one.accumulator_bytes, other.accumulator_bytes),
    )


def _chosen(
    names: Sequence[str], best: Sequence[_Choice]
) -> Mapping[str | tuple[str, ...], Schedule]:
    """The groups of the best way, in their order."""
    found: list[tuple[tuple[str, ...], Schedule]] = []
    end = len(names)
    while end:
        choice = best[end]
        found.append((tuple(names[choice.start : end]), choice.schedule))
        end = choice.start
    return {
        key[0] if isinstance(schedule, GroupSchedule) else key: schedule._replace(
            joined=number > 0
        )
        for number, (key, schedule) in enumerate(reversed(found))
    }


class _Striping:
    """The best schedules of groups in stripes, remembered by their graphs."""

    def __init__(self, machine: Machine, goal: Goal):
        self.machine = machine
        self.goal = goal
        self.known: dict[Graph, tuple[Cost, StripedSchedule] | None] = {}

    def best(self, graph: Graph | None) -> tuple[Cost, StripedSchedule] | None:
        """Cost and schedule; None where the groups cannot run in stripes."""
        if graph is None:
            return None
        if graph not in self.known:
            costs = (
                (estimate(graph, schedule, self.machine), schedule)
                for schedule in stripe_candidates(graph, self.machine)
            )
            self.known[graph] = min(
                (each for each in costs if fits(each[0], self.machine)),
                key=lambda each: self.goal.rank(each[0], self.machine),
                default=None,
            )
        return self.known[graph]
