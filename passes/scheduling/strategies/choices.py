"""What neighbours cost at best: the space that strategies search in.

A run of groups is one group in stripes, or by itself; of each run, only the schedule
that does best matters to the others.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from typing import NamedTuple

import numpy as np

from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule, Schedule, StripedSchedule
from ..network.group_graph import GroupGraph
from ..network.switches import bare
from ..striped.alike.questions import Question
from ..striped.candidates import stripe_candidates
from ..striped.cost.estimate import Asked, Spent, all_asked_of, one_of
from ..striped.cost.following import START, Progress, alone
from ..striped.graph import Graph, Stays
from ..striped.held import Held
from ..striped.kept import Kept
from ..striped.segment import Member
from ..striped.stripes import Ints
from ..tiled.cost import Cost, expected
from ..tiled.plan import plan
from .goal import Goal, Rank
from .layerwise import Layerwise

LONGEST = 16
"""So many operators are one group at most."""

LONGEST_BRANCHING = 6
"""So many, if others read what some of them make but the last."""


class Costed(NamedTuple):
    """A schedule of some groups as one, and what it costs by itself; of one in stripes,
    what it asks for.
    """

    cost: Cost[int]
    schedule: Schedule
    spent: Spent[int] | None = None


class Case(NamedTuple):
    """Groups `start` to `end` as one; maps of others may be `on_chip`, by their names,
    the result stays there as `keeps`, and weights are `held`.
    """

    start: int
    end: int
    on_chip: Mapping[str, Kept] = {}
    keeps: Kept | None = None
    held: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Found:
    """Schedules of a group in stripes, the best first, and what they ask for."""

    schedules: Sequence[StripedSchedule]
    spent: Spent[Ints]
    machine: Machine
    _ones: dict[tuple[int, bool], Costed] = field(default_factory=dict, init=False)

    @cached_property
    def table(self) -> Ints:
        """What all of them ask for, int64 [fields, schedules]."""
        return np.array(self.spent)

    @cached_property
    def all(self) -> Sequence[Costed]:
        """Each of them, and what it costs."""
        return [self.one(at) for at in range(len(self.schedules))]

    def one(self, at: int, *, kept: bool = False) -> Costed:
        """One of them, whose result may be kept, and what it costs."""
        if (at, kept) not in self._ones:
            spent, schedule = one_of(self.spent, at), self.schedules[at]
            cost = alone(spent, self.machine)
            self._ones[at, kept] = Costed(cost, schedule._replace(kept=kept), spent)
        return self._ones[at, kept]


class Run(NamedTuple):
    """Groups `start` to `end` as one, and how."""

    start: int
    end: int
    choice: Costed


class Choices:
    """The worthwhile schedules of each run of groups, remembered by what they are."""

    def __init__(self, graph: GroupGraph, machine: Machine, goal: Goal):
        self.graph = graph
        self.machine = machine
        self.goal = goal
        alone = Layerwise().schedule(graph, machine, goal)
        self._alone = [
            Costed(expected(plan(group, alone[group.name]), machine), alone[group.name])
            for group in graph.groups
        ]
        self._nameless = replace(graph, links=[_nameless(each) for each in graph.links])
        self._graphs: dict[Hashable, tuple[_Space, Stays] | None] = {}
        self._spaces: dict[Hashable, _Space] = {}

    def alone(self, number: int) -> Costed:
        """A group by itself, in tiles."""
        return self._alone[number]

    def best(self, start: int, end: int) -> Costed | None:
        """The best of groups `start` to `end` as one; None where they cannot be."""
        return next(iter(self.all(start, end)), None)

    def all(self, start: int, end: int) -> Sequence[Costed]:
        """All that is worth trying of groups `start` to `end` as one and has room, the
        best first; nothing where they cannot be one.
        """
        striped = self.striped(start, end)
        if end - start > 1:
            return striped
        both = (*self._alone[start : start + 1], *striped)
        return sorted(both, key=self._rank_of)

    def _rank_of(self, choice: Costed) -> Rank:
        """How well a choice does by itself."""
        return self.rank(self.after(START, choice).cost(self.machine))

    def striped(
        self,
        start: int,
        end: int,
        on_chip: Mapping[str, Kept] = {},
        keeps: Kept | None = None,
    ) -> Sequence[Costed]:
        """What is worth trying in stripes; maps of others may be `on_chip`, by their
        names, and the result stays there as `keeps`.
        """
        (found,) = self.each_striped([Case(start, end, on_chip, keeps)])
        return found.all if found else ()

    def each_striped(self, cases: Sequence[Case]) -> Sequence[Found | None]:
        """The same for several cases, found all at once; None where groups cannot be
        one.
        """
        together = [self._together(case) for case in cases]
        asked: dict[_Space, dict[Stays, None]] = defaultdict(dict)
        for space, stays in filter(None, together):
            if stays not in space.found:
                asked[space][stays] = None
        if asked:
            _find({space: [*each] for space, each in asked.items()}, self.machine)
        return [each and each[0].found[each[1]] for each in together]

    def _together(self, case: Case) -> "tuple[_Space, Stays] | None":
        """What groups are as one, and what of that stays on chip."""
        start, end, on_chip, keeps, held = case
        if end - start > LONGEST:
            return None
        there = on_chip
        if on_chip:
            read = {name for link in self.graph.links[start:end] for name in link.reads}
            there = {name: kept for name, kept in on_chip.items() if name in read}
        place = self.graph.place
        key = (
            tuple(self.graph.alike[start:end]),
            tuple((place[name] - start, there[name]) for name in there),
            keeps,
            held,
        )
        if key not in self._graphs:
            together = self._nameless.together(start, end, there, keeps, held)
            if together and together.also and end - start > LONGEST_BRANCHING:
                together = None
            self._graphs[key] = together and (
                self._space(key[0], together),
                together.kept,
            )
        return self._graphs[key]

    def _space(self, alike: tuple[int, ...], together: Graph) -> "_Space":
        """What is worth trying of alike groups, wherever their maps are."""
        key = alike, together.views, together.images, together.held
        if key not in self._spaces:
            goal = self.goal
            bare = _bare(together)
            self._spaces[key] = _space(bare, self.machine, goal.minimise, goal.without)
        return self._spaces[key]

    def after(self, progress: Progress[int], choice: Costed) -> Progress[int]:
        """How far the machine is after a run of groups, if none stays on chip."""
        if choice.spent is None:
            return progress.wait(choice.cost, self.machine)
        return progress.follow(choice.spent, self.machine, 0)

    def cost(self, runs: Iterable[Run]) -> Cost[int]:
        """What runs take one after another."""
        done = reduce(self.after, (run.choice for run in runs), START)
        return done.cost(self.machine)

    def rank(self, cost: Cost) -> Rank:
        """How well a cost meets the goal, or many do; the least is best."""
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


def _nameless(link: Member) -> Member:
    """The same for all groups of a shape."""
    return replace(link, stage=replace(link.stage, name=""))


def _bare(together: Graph) -> Graph:
    """The same wherever its maps are: layers, and cuts of a network, share it."""
    return Graph(
        together.inputs,
        together.operators,
        held=together.held,
        also=together.also,
    )


class _Space:
    """What is worth trying of a group in stripes, by what of it stays on chip."""

    def __init__(
        self, graph: Graph, machine: Machine, minimise: str, without: tuple[str, ...]
    ):
        self.graph = graph
        self.machine = machine
        self.goal = Goal(minimise)
        bared = (bare(each, without) for each in stripe_candidates(graph, machine))
        self.schedules = [
            each for each in dict.fromkeys(bared) if isinstance(each, StripedSchedule)
        ]
        self.found: dict[Stays, Found] = {}

    def put(self, stays: Sequence[Stays], asked: Asked) -> None:
        """Take over what was found with some sets of tensors staying: the best first,
        and none that costs more than one before it, and more of the bus and of the
        SRAM.
        """
        rank = self.goal.rank(alone(asked.spent, self.machine), self.machine)
        order = np.lexsort(rank[::-1])
        for place, each in enumerate(stays):
            best = _best(asked.spent, order[asked.stays[order] == place])
            schedules = [self.schedules[at] for at in asked.schedules[best].tolist()]
            spent = Spent(*(field[best] for field in asked.spent))
            self.found[each] = Found(schedules, spent, self.machine)


def _find(asked: Mapping[_Space, Sequence[Stays]], machine: Machine) -> None:
    """Find all that is worth trying and has room."""
    questions = [Question(s.graph, s.schedules, stays) for s, stays in asked.items()]
    found = all_asked_of(questions, machine, fitting=True)
    for (space, stays), each in zip(asked.items(), found, strict=True):
        space.put(stays, each)


def _best(spent: Spent[Ints], order: Ints) -> Ints:
    """Those of many, in their order, before which none takes as little of the bus, and
    of the SRAM.
    """
    kept: list[tuple[int, int, int]] = []
    buses, sizes = spent.bus[order].tolist(), spent.sram_bytes[order].tolist()
    for at, bus, size in zip(order.tolist(), buses, sizes, strict=True):
        if not any(b <= bus and s <= size for _, b, s in kept):
            kept.append((at, bus, size))
    return np.array([at for at, _, _ in kept], np.int64)


@lru_cache(maxsize=1 << 12)
def _space(
    graph: Graph, machine: Machine, minimise: str, without: tuple[str, ...]
) -> _Space:
    return _Space(graph, machine, minimise, without)
