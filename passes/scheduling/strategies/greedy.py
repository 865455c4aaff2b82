"""The strategy `greedy`: from the front of the network, groups grow while it pays.

A group takes in what follows it as soon as both cost less as one than apart. What needs
several of those that follow, as a residual block needs its sum, is looked for as far as
groups may reach.
"""

from collections.abc import Mapping

from ....backend_aipu.machine import Machine
from ....dialects.tile import Schedule
from ..network.group_graph import GroupGraph
from .choices import LONGEST, Choices, Costed, Run
from .goal import LATENCY, Goal
from .layerwise import least_sram


class Greedy:
    """Groups that grow, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        found: list[Run] = []
        start = 0
        while start < len(graph.groups):
            found.append(_grown(choices, start))
            start = found[-1].end
        return choices.schedules(found)


def _grown(choices: Choices, start: int) -> Run:
    """The group that begins at `start`, grown as far as it pays."""
    run = Run(start, start + 1, _first(choices, start))
    apart = [run]
    for more in range(start + 1, min(start + LONGEST, len(choices.graph.groups))):
        apart.append(Run(more, more + 1, _first(choices, more)))
        choice = choices.best(start, more + 1)
        if choice is None:
            continue
        one = Run(start, more + 1, choice)
        if choices.rank(choices.cost([one])) < choices.rank(choices.cost(apart)):
            run, apart = one, [one]
    return run


def _first(choices: Choices, number: int) -> Costed:
    """The best of a group by itself."""
    return choices.best(number, number + 1) or choices.alone(number)
