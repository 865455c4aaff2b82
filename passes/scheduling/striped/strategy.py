"""The strategy `striped`: groups of neighbours in stripes wherever that is cheapest.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, the one that costs least: found from the front, since
what comes before a cut does not change what comes after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

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
        best = [_Choice(Cost(0, 0, 0, 0), 0, StripedSchedule(1, (), ""))]
        for end, group in enumerate(graph.groups, 1):
            own = alone[group.name]
            parts: list[tuple[int, Cost, Schedule]] = [
                (end - 1, cost(plan(group, own), machine), own)
            ]
            for start in range(max(0, end - LONGEST), end - 1):
                together = graph.together(start, end)
                if together is None:
                    continue
                choice = cheapest_stripes(_nameless(together), machine, goal.minimise)
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


def _nameless(graph: Graph) -> Graph:
    """The same for all groups of a shape: layers, and cuts of a network, share it."""
    operators = (
        replace(op, stage=replace(op.stage, name="")) for op in graph.operators
    )
    return replace(graph, operators=tuple(operators))


@lru_cache(maxsize=1 << 14)
def cheapest_stripes(
    graph: Graph, machine: Machine, minimise: str
) -> tuple[Cost, StripedSchedule] | None:
    """The cost and schedule of groups in stripes; None where no stripes fit.

    minimise: as of a `Goal`.
    """
    goal = Goal(minimise)
    costs = (
        (estimate(graph, schedule, machine), schedule)
        for schedule in stripe_candidates(graph, machine)
    )
    return min(
        (each for each in costs if fits(each[0], machine)),
        key=lambda each: goal.rank(each[0], machine),
        default=None,
    )
