"""The strategy `dp`: groups of neighbours in stripes wherever that is best.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, and of all results that can stay on chip, the best: found from the
front (dynamic programming), with the few best ways to every place, since a group that
leaves the bus idle is worth more than it costs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from ...backend_aipu.machine import Machine
from ...dialects.tile import Schedule, StripedSchedule
from .choices import LONGEST, Case, Choices, Costed, Found, Run
from .goal import LATENCY, Goal, Rank
from .group import GroupGraph
from .layerwise import least_sram
from .parts import Together, graphs, places, staying
from .shared_weights import shared_weights
from .striped.arrange import Staying
from .striped.estimate import Spent
from .striped.following import START, Progress
from .striped.held import Held, held
from .striped.kept import Kept
from .striped.stripes import Ints

MUCH, DEAR = 0.02, 3
"""Where launches take more than this share of the time, another search lets
instructions cost so many times their share of a launch: a network that has a few more
than fit is faster with fewer.
"""

BEAM, WIDE = 6, 144
"""So many ways to every place are kept, of those with the same maps on chip; so many to
all places of a network that has few.
"""


@dataclass(frozen=True)
class _Map:
    """A map that stays on chip until group `last` has read it."""

    name: str
    kept: Kept
    last: int


class _Way(NamedTuple):
    """A way to the end of a group: what it takes, how that runs, and where it begins;
    and the maps that are on chip then.
    """

    progress: Progress[int]
    start: int
    choice: Costed | None
    before: "_Way | None"
    maps: tuple[_Map, ...] = ()
    end: int = 0

    @property
    def runs(self) -> list[Run]:
        """How groups run, from the first to the last."""
        found: list[Run] = []
        way = self
        while way.before is not None and way.choice is not None:
            found.append(Run(way.start, way.end, way.choice))
            way = way.before
        return found[::-1]


@dataclass(frozen=True)
class _Place:
    """The few best ways to the end of a group."""

    ways: Sequence[_Way]

    @cached_property
    def progress(self) -> Ints:
        """How far each is, int64 [fields, ways]."""
        return np.array([way.progress for way in self.ways], np.int64).T

    @cached_property
    def by_maps(self) -> Mapping[tuple[_Map, ...], Ints]:
        """The numbers of those with the same maps on chip."""
        found: dict[tuple[_Map, ...], list[int]] = {}
        for number, way in enumerate(self.ways):
            found.setdefault(way.maps, []).append(number)
        return {maps: np.array(numbers) for maps, numbers in found.items()}


@dataclass(frozen=True)
class _Case:
    """What is on chip beside groups that run as one: maps before them, their result
    after them, and weights of so many bytes.
    """

    maps: tuple[_Map, ...]
    result: _Map | None
    held: int

    @cached_property
    def bytes(self) -> int:
        """All of it."""
        return sum(each.kept.bytes for each in self.after(0)) + self.held

    @property
    def around(self) -> tuple[Mapping[str, Kept], Kept | None]:
        """The maps before them by their names, and how the result stays."""
        before = {each.name: each.kept for each in self.maps}
        return before, self.result.kept if self.result else None

    def after(self, end: int) -> tuple[_Map, ...]:
        """The maps that are still there after groups up to `end`."""
        before = tuple(each for each in self.maps if each.last >= end)
        return (*before, self.result) if self.result else before


@dataclass(frozen=True)
class _Next:
    """Ways to `start`, and after each of them groups in stripes: of both the numbers,
    int64 [ways].
    """

    start: int
    case: _Case
    found: Found
    ways: Ints
    choices: Ints


class Dp:
    """Groups in stripes, and others by themselves, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        held = [{}, shared] if (shared := shared_weights(graph, machine)) else [{}]
        found = [_found(choices, each, 1) for each in held]
        if any(way is not None and _is_dear(way, goal, machine) for way in found):
            found += [_found(choices, each, DEAR) for each in held]
        ways = [way for way in found if way is not None]
        ways.sort(key=lambda way: choices.rank(way.progress.cost(machine)))
        several = [choices.schedules(way.runs) for way in ways]
        measure = graph.measure
        if measure is None:
            return several[0]
        different = [s for n, s in enumerate(several) if s not in several[:n]]
        if len(different) == 1:
            return several[0]
        return min(different, key=lambda each: choices.rank(measure(each)))


def _is_dear(way: _Way, goal: Goal, machine: Machine) -> bool:
    """Whether launches take so much that others may be better with fewer."""
    progress = way.progress
    counts = goal.minimise in ("latency", "throughput")
    return counts and progress.launching(machine) > MUCH * progress.running


def _found(choices: Choices, holds: Mapping[str, Staying], price: int) -> "_Way | None":
    """The best way to run a network, holding some weights, if launches cost so many
    times as much; None if there is no room for them.
    """
    search = _Search(choices, holds, price)
    while True:
        way = search.best()
        if way is None:
            return None
        parts = [Together(*run[:2], run.choice.schedule) for run in way.runs]
        crowded = _crowded(choices.graph, parts, choices.machine)
        if crowded is None:
            return way
        if not crowded:
            return None
        search.part(crowded)


def _crowded(
    graph: GroupGraph, parts: Sequence[Together], machine: Machine
) -> set[str] | None:
    """The maps beside which a part finds no room in one piece; None if all parts find
    theirs.
    """
    together = list(graphs(graph, parts))
    stays = staying(graph, parts)
    for at, (layout, place) in enumerate(places(graph, parts, together, machine)):
        if layout is not None and not place.has_room(layout.needs):
            return {
                graph.groups[parts[maker].end - 1].name
                for maker, each in stays.items()
                if maker <= at <= each.last
            }
    return None


class _Search:
    """The best ways to all places, from the front; weights are held from the first
    group that takes them to the last.
    """

    def __init__(self, choices: Choices, holds: Mapping[str, Staying], price: int):
        self.choices = choices
        self.machine = choices.machine
        self.names = [group.name for group in choices.graph.groups]
        self.maps = [self._stays(number) for number in range(len(self.names))]
        self.places = [_Place([_Way(START, 0, None, None)])]
        self.holds = holds
        self.price = price
        self.beam = max(BEAM, WIDE // max(1, len(self.names)))
        constants = [link.constant for link in choices.graph.links]
        self.constants = [key if key in holds else None for key in constants]

    def _stays(self, number: int) -> _Map | None:
        """The result of a group as it can stay on chip, if it can and is read soon."""
        found = self.choices.graph.stays(number)
        if found is None or found[1] - number > LONGEST:
            return None
        return _Map(self.names[number], *found)

    def part(self, names: Collection[str]) -> None:
        """Let the results of some groups not stay; ways that end before are as they
        were.
        """
        apart = [number for number, name in enumerate(self.names) if name in names]
        for number in apart:
            self.maps[number] = None
        del self.places[min(apart) + 1 :]

    def best(self) -> _Way | None:
        """The best way to the end, if there is one."""
        self.choices.each_striped([*self._possible()])
        for end in range(len(self.places), len(self.names) + 1):
            starts = range(max(0, end - LONGEST), end)
            striped = [each for start in starts for each in self._striped(start, end)]
            self.places.append(
                _Place(self._best([*self._by_itself(end)], striped, end))
            )
        return next(iter(self.places[-1].ways), None)

    def _possible(self) -> Iterator[Case]:
        """All runs of groups with all maps that may be on chip around them, and that
        they read: to find what is worth trying of all of these at once.
        """
        links, size = self.choices.graph.links, self.machine.sram.bytes
        for end in range(1, len(links) + 1):
            results = dict.fromkeys((None, self.maps[end - 1]))
            read: set[str] = set()
            for start in range(end - 1, max(0, end - LONGEST) - 1, -1):
                read |= {*links[start].reads}
                before = [
                    each
                    for each in self.maps[max(0, start - LONGEST) : start]
                    if each and each.name in read
                ]
                held = self._held(start, end), self._held_bytes(start, end)
                for count in range(len(before) + 1):
                    for maps, result in product(combinations(before, count), results):
                        case = _Case(maps, result, held[1])
                        if case.bytes <= size:
                            yield Case(start, end, *case.around, held[0])

    def _held(self, start: int, end: int) -> tuple[Held, ...]:
        """The weights that groups hold as one."""
        there = {key for key, each in self.holds.items() if each.first < start}
        return held(self.constants[start:end], there)

    def _held_bytes(self, start: int, end: int) -> int:
        """The bytes of weights that stay on chip while groups run as one."""
        stays = (e for e in self.holds.values() if e.first < end and start <= e.last)
        return sum(each.bytes for each in stays)

    def _by_itself(self, end: int) -> Iterator[_Way]:
        """The last group alone, in tiles: it takes all of the SRAM."""
        if self._held_bytes(end - 1, end):
            return
        alone = self.choices.alone(end - 1)
        for way in self.places[end - 1].ways:
            if not way.maps:
                progress = way.progress.wait(alone.cost, self.machine)
                yield _Way(progress, end - 1, alone, way, end=end)

    def _striped(self, start: int, end: int) -> Iterator[_Next]:
        """The last groups together, their result in DRAM or on chip."""
        by_maps = self.places[start].by_maps
        size, held = self.machine.sram.bytes, self._held_bytes(start, end)
        results = dict.fromkeys((None, self.maps[end - 1]))
        possible = (_Case(*each, held) for each in product(by_maps, results))
        cases = [
            case
            for case in possible
            if case.result is None or case.bytes <= size // 4 * 3
        ]
        holds = self._held(start, end)
        found = self.choices.each_striped(
            [Case(start, end, *case.around, holds) for case in cases]
        )
        for case, each in zip(cases, found, strict=True):
            if each is not None:
                (choices,) = (each.spent.sram_bytes + case.bytes <= size).nonzero()
                ways = by_maps[case.maps]
                yield _Next(
                    start,
                    case,
                    each,
                    np.tile(ways, len(choices)),
                    np.repeat(choices, len(ways)),
                )

    def _best(
        self, alone: Sequence[_Way], striped: Sequence[_Next], end: int
    ) -> Sequence[_Way]:
        """The best of some ways, and of those that go on with groups in stripes."""
        progress = [np.array([way.progress for way in alone]).reshape(-1, len(START)).T]
        if striped:
            progress.append(np.array(self._after(striped)))
        maps = [
            *(way.maps for way in alone),
            *(each.case.after(end) for each in striped),
        ]
        counts = [*(1 for _ in alone), *(len(each.ways) for each in striped)]
        numbers = {each: number for number, each in enumerate(dict.fromkeys(maps))}
        of = np.repeat(np.array([numbers[each] for each in maps], np.int64), counts)
        every = np.concatenate(progress, axis=1)
        begins = np.cumsum([0, *counts])
        found: list[_Way] = []
        for at in self._few(Progress(*every), of):
            piece = int(np.searchsorted(begins, at, "right")) - 1
            if piece < len(alone):
                found.append(alone[piece])
                continue
            each = striped[piece - len(alone)]
            place = at - begins[piece]
            choice = each.found.one(int(each.choices[place]))
            way = self.places[each.start].ways[each.ways[place]]
            schedule = choice.schedule
            assert isinstance(schedule, StripedSchedule)
            kept = schedule._replace(kept=each.case.result is not None)
            found.append(
                _Way(
                    Progress(*every[:, at].tolist()),
                    each.start,
                    choice._replace(schedule=kept),
                    way,
                    maps[piece],
                    end,
                )
            )
        return found

    def _after(self, striped: Sequence[_Next]) -> Progress[Ints]:
        """How far the machine is after groups in stripes."""
        before = [self.places[each.start].progress[:, each.ways] for each in striped]
        spent = [each.found.table[:, each.choices] for each in striped]
        staying = np.repeat(
            [each.case.bytes for each in striped], [len(each.ways) for each in striped]
        )
        progress = Progress(*np.concatenate(before, axis=1))
        asked = Spent(*np.concatenate(spent, axis=1))
        return progress.follow(asked, self.machine, staying)

    def _few(self, every: Progress[Ints], maps: Ints) -> Iterator[int]:
        """The few best of many ways, the best first; none that is worse than another
        with the same maps on chip, and stays so if only the bus sets the pace.
        """
        cost = every.cost(self.machine, self.price)
        order = np.lexsort(self.choices.rank(cost)[::-1])
        moved = every.moved + self.price * every.launching(self.machine)
        bounds = _places(self.choices.rank(replace(cost, cycles=moved)))
        of = maps[order]
        for one in dict.fromkeys(of.tolist()):
            rest = order[of == one]
            for _ in range(self.beam):
                if not len(rest):
                    break
                best, rest = rest[0], rest[1:]
                yield int(best)
                worse = bounds[rest] >= bounds[best]
                worse &= every.sram_bytes[rest] >= every.sram_bytes[best]
                rest = rest[~worse]


def _places(rank: Rank) -> Ints:
    """Numbers that compare as ranks do, of many at once."""
    order = np.lexsort(rank[::-1])
    table = np.array(rank)[:, order]
    differs = (table[:, 1:] != table[:, :-1]).any(0)
    found = np.empty_like(order)
    found[order] = np.cumsum([0, *differs])
    return found
