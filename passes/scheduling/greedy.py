"""The strategy `greedy`: from the front of the network, groups grow while it pays.

A group takes in what follows it as soon as both cost less as one than apart. What needs
several of those that follow, as a residual block needs its sum, is looked for as far as
groups may reach.
"""

from collections.abc import Mapping

from ...backend_aipu.machine import Machine
from ...dialects.tile import Schedule
from .choices import LONGEST, Choices, total
from .goal import LATENCY, Goal
from .group import GroupGraph
from .layerwise import least_sram


class Greedy:
    """Groups that grow, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        found: list[tuple[int, int, Schedule]] = []
        start = 0
        while start < len(graph.groups):
            end, schedule = _grown(choices, start)
            found.append((start, end, schedule))
            start = end
        return choices.schedules(found)


def _grown(choices: Choices, start: int) -> tuple[int, Schedule]:
    """Where the group ends that begins at `start`, and how it runs."""
    end, now = start + 1, choices.alone(start)
    apart = now.cost
    for more in range(start + 1, min(start + LONGEST, len(choices.graph.groups))):
        apart = total(apart, choices.alone(more).cost)
        choice = choices.best(start, more + 1)
        if choice and choices.rank(choice.cost) < choices.rank(apart):
            end, now, apart = more + 1, choice, choice.cost
    return end, now.schedule
