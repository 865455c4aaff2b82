"""The strategy `anneal`: a random walk that takes what is worse ever more seldom.

A worked example of a search. A state is a way to cut the network into groups, and a
schedule of each. A step joins two groups, cuts one, or has one run in another way; what
is better is taken, what is worse with a probability that falls (Kirkpatrick, Gelatt and
Vecchi 1983). The simulator's timeline decides between the best few.

The same seed finds the same, as long as steps end the search and not seconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import exp
from random import Random
from time import monotonic

from ....backend_aipu.machine import Machine
from ....dialects.tile import Schedule
from ..network.group_graph import GroupGraph, Measure
from ..tiled.cost import Cost
from .choices import Choices, Run
from .goal import LATENCY, Goal, Rank
from .layerwise import least_sram

STEPS = 2_000
"""How long it walks where no budget of seconds says so; at least a few a group."""
STEPS_A_GROUP = 50

WALKING, MEASURING = 0.7, 0.9
"""The shares of a budget after which it stops to walk, to have time to measure what it
found, and after which it measures nothing more.
"""

HOT, COLD = 1e-2, 1e-4
"""What is worse by this share of the cost is taken every third time, first and last."""

FEW = 3
"""So many of the best are measured."""

State = tuple[Run, ...]

Decided = Mapping[str | tuple[str, ...], Schedule]


class Anneal:
    """A random walk from every group by itself."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Decided:
        clock = _Clock(goal.budget)
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        best = _Best(choices)
        for state in _Walk(choices, Random(goal.seed)).states(clock.turns(graph)):
            best.see(state)
        found = [choices.schedules(state) for state in best.few]
        if graph.measure is None or len(found) < 2:
            return found[0] if found else {}
        measured = list(clock.measured(found, graph.measure))
        if not measured:
            return found[0]
        return min(measured, key=lambda each: choices.rank(each[1]))[0]


class _Clock:
    """What there is time for; of a search without a budget, for all of it."""

    def __init__(self, budget: float | None):
        self.begin, self.budget = monotonic(), budget

    def turns(self, graph: GroupGraph) -> Iterator[float]:
        """How much of the walk is done, from 0 to 1, before each of its steps."""
        if self.budget is None:
            steps = max(STEPS, STEPS_A_GROUP * len(graph.groups))
            yield from (step / steps for step in range(steps))
            return
        begin = monotonic()
        walking = self.budget * WALKING - (begin - self.begin)
        while (done := monotonic() - begin) < walking:
            yield done / walking

    def measured(
        self, found: Sequence[Decided], measure: Measure
    ) -> Iterator[tuple[Decided, Cost]]:
        """What the simulator says of schedules, while there is time for another."""
        longest = 0.0
        for schedules in found:
            start = monotonic()
            used = start + longest - self.begin
            if self.budget is not None and used > self.budget * MEASURING:
                return
            yield schedules, measure(schedules)
            longest = max(longest, monotonic() - start)


class _Walk:
    """The states of a walk."""

    def __init__(self, choices: Choices, random: Random):
        self.choices = choices
        self.random = random

    def states(self, turns: Iterator[float]) -> Iterator[State]:
        """The states that are taken, from the first on."""
        groups = range(len(self.choices.graph.groups))
        now: State = tuple(Run(n, n + 1, self.choices.alone(n)) for n in groups)
        if not now:
            return
        yield now
        cost = first = _cost(self.choices, now)[0]
        for done in turns:
            other = self._beside(now)
            if other is None:
                continue
            worse = _cost(self.choices, other)[0] - cost
            heat = HOT * (COLD / HOT) ** done * first
            if worse <= 0 or self.random.random() < exp(-worse / heat):
                now, cost = other, cost + worse
                yield now

    def _beside(self, state: State) -> State | None:
        """A state that is one step away; None if the step leads nowhere."""
        at = self.random.randrange(len(state))
        start, end, _ = state[at]
        match self.random.randrange(3):
            case 0 if at + 1 < len(state):
                return self._with(state, at, at + 2, [(start, state[at + 1][1])])
            case 1 if end - start > 1:
                middle = self.random.randrange(start + 1, end)
                return self._with(state, at, at + 1, [(start, middle), (middle, end)])
            case _:
                return self._with(state, at, at + 1, [(start, end)])

    def _with(
        self, state: State, first: int, last: int, runs: Sequence[tuple[int, int]]
    ) -> State | None:
        """A state with other runs from `first` to `last`, each with any schedule."""
        found: list[Run] = []
        for start, end in runs:
            several = self.choices.all(start, end)
            if not several:
                return None
            found.append(Run(start, end, self.random.choice(several)))
        return (*state[:first], *found, *state[last:])


class _Best:
    """The best few states, the best first; of those that cost the same, the first."""

    def __init__(self, choices: Choices):
        self.choices = choices
        self._few: list[tuple[Rank, State]] = []

    @property
    def few(self) -> list[State]:
        return [state for _, state in self._few]

    def see(self, state: State) -> None:
        """Remember a state if it is one of them."""
        rank = _cost(self.choices, state)
        if all(rank != other for other, _ in self._few):
            self._few.append((rank, state))
            self._few.sort(key=lambda each: each[0])
            del self._few[FEW:]


def _cost(choices: Choices, state: State) -> Rank:
    return choices.rank(choices.cost(state))
