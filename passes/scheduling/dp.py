"""The strategy `dp`: groups of neighbours in stripes wherever that is best.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, the one that costs least: found from the front, since what comes
before a cut does not change what comes after it (dynamic programming).
"""

from collections.abc import Mapping
from typing import NamedTuple

from ...backend_aipu.machine import Machine
from ...dialects.tile import Schedule
from .choices import LONGEST, Choices, Costed, Run, total
from .cost import Cost
from .goal import LATENCY, Goal
from .group import GroupGraph
from .layerwise import least_sram


class _Way(NamedTuple):
    """The best way to the end of a run: what all costs, where the run begins."""

    cost: Cost
    start: int
    choice: Costed | None


class Dp:
    """Groups in stripes, and others by themselves, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        best = [_Way(total(), 0, None)]
        for end in range(1, len(graph.groups) + 1):
            ways = [
                _Way(total(best[start].cost, choice.cost), start, choice)
                for start in range(max(0, end - LONGEST), end)
                if (choice := choices.best(start, end)) is not None
            ]
            best.append(min(ways, key=lambda way: choices.rank(way.cost)))
        found: list[Run] = []
        end = len(graph.groups)
        while (choice := best[end].choice) is not None:
            found.append(Run(best[end].start, end, choice))
            end = best[end].start
        return choices.schedules(found[::-1])
