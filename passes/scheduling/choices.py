"""What neighbours cost at best: the space that strategies search in.

A run of groups is one group in stripes, or by itself; of each run, only the schedule
that does best matters to the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, reduce
from typing import NamedTuple

from ...backend_aipu.machine import Machine
from ...dialects.tile import GroupSchedule, Schedule, StripedSchedule
from .cost import Cost, cost
from .fit import fits
from .goal import Goal, Rank
from .group import GroupGraph
from .layerwise import Layerwise
from .plan import plan
from .striped.candidates import stripe_candidates
from .striped.estimate import estimate
from .striped.graph import Graph
from .switches import bare

LONGEST = 12
"""So many operators are one group at most."""


class Costed(NamedTuple):
    """A schedule of some groups as one, and what it costs."""

    cost: Cost
    schedule: Schedule


class Run(NamedTuple):
    """Groups `start` to `end` as one, and how."""

    start: int
    end: int
    choice: Costed


class Choices:
    """The best schedule of each run of groups, remembered by what they are."""

    def __init__(self, graph: GroupGraph, machine: Machine, goal: Goal):
        self.graph = graph
        self.machine = machine
        self.goal = goal
        alone = Layerwise().schedule(graph, machine, goal)
        self._alone = [
            Costed(cost(plan(group, alone[group.name]), machine), alone[group.name])
            for group in graph.groups
        ]

    def alone(self, number: int) -> Costed:
        """A group by itself."""
        return self._alone[number]

    def best(self, start: int, end: int) -> Costed | None:
        """The best of groups `start` to `end` as one; None where they cannot be."""
        return next(iter(self.all(start, end)), None)

    def all(self, start: int, end: int) -> Sequence[Costed]:
        """All that is worth trying of groups `start` to `end` as one and has room, the
        best first; nothing where they cannot be one.
        """
        if end - start == 1:
            return self._alone[start : start + 1]
        together = self.graph.together(start, end) if end - start <= LONGEST else None
        if together is None:
            return ()
        shape, goal = _nameless(together), self.goal
        return _fitting(shape, self.machine, goal.minimise, goal.without)

    def cost(self, runs: Iterable[Run]) -> Cost:
        """What runs take one after another."""
        return total(*(run.choice.cost for run in runs))

    def rank(self, cost: Cost) -> Rank:
        """How well a cost meets the goal; the least is best."""
        return self.goal.rank(cost, self.machine)

    def schedules(
        self, runs: Iterable[Run]
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        """Runs in their order as what a strategy gives, all joined."""
        names = [group.name for group in self.graph.groups]
        found: dict[str | tuple[str, ...], Schedule] = {}
        for start, end, choice in runs:
            single = isinstance(choice.schedule, GroupSchedule)
            key = names[start] if single else tuple(names[start:end])
            found[key] = choice.schedule._replace(joined=start > 0)
        return found


def _nameless(together: Graph) -> Graph:
    """The same for all groups of a shape: layers, and cuts of a network, share it."""
    operators = (
        replace(operator, stage=replace(operator.stage, name=""))
        for operator in together.operators
    )
    return replace(together, operators=tuple(operators))


@lru_cache(maxsize=1 << 14)
def _fitting(
    together: Graph, machine: Machine, minimise: str, without: tuple[str, ...]
) -> Sequence[Costed]:
    """All that is worth trying of a group in stripes and has room, the best first."""
    goal = Goal(minimise)
    bared = (bare(each, without) for each in stripe_candidates(together, machine))
    costs: list[Costed] = []
    for schedule in dict.fromkeys(bared):
        assert isinstance(schedule, StripedSchedule)
        spent = estimate(together, schedule, machine)
        if fits(spent, machine):
            costs.append(Costed(spent, schedule))
    return sorted(costs, key=lambda each: goal.rank(each.cost, machine))


def total(*costs: Cost) -> Cost:
    """The cost of groups one after another."""
    return reduce(_sum, costs, Cost(0, 0, 0, 0))


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(
        one.cycles + other.cycles,
        one.dram_bytes + other.dram_bytes,
        max(one.sram_bytes, other.sram_bytes),
        max(one.accumulator_bytes, other.accumulator_bytes),
    )
