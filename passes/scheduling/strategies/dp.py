"""The strategy `dp`: groups of neighbours in stripes wherever that is best.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, and of all results that can stay on chip, the best: found from the
front (dynamic programming), with the few best ways to every place, since a group that
leaves the bus idle is worth more than it costs.
"""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from ....backend_aipu.machine import Machine
from ....dialects.tile import Schedule
from ..network.group_graph import GroupGraph
from ..network.shared_constants import shared_constants
from ..schedules.parts import Together, graphs, places, staying
from ..striped.buffers.arrange import Staying
from ..striped.cost.following import START, Progress, progress_of
from ..striped.held import NO_KEYS, Held, Key, held
from ..striped.stripes import Ints
from .choices import LONGEST, Case, Choices, Found
from .goal import LATENCY, Goal, Rank
from .layerwise import least_sram
from .ways import Around, GoingOn, Onward, StayingMap, Way, Ways

REACH, SMALL = 40, 64
"""A result that takes one part in so many of the SRAM at most may stay on chip until so
many operators on: a recurrent layer reads its states a step later.
"""

MUCH, DEAR = 0.02, 3
"""Where launches take more than this share of the time, another search lets
instructions cost so many times their share of a launch: a network that has a few more
than fit is faster with fewer.
"""

BEAM, WIDE = 6, 144
"""So many ways to every place are kept, of those with the same maps on chip; so many to
all places of a network that has few.
"""


class Dp:
    """Groups in stripes, and others by themselves, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        holds = [{}, shared] if (shared := shared_constants(graph, machine)) else [{}]
        held = [_Network(choices, each) for each in holds]
        found = [_found(each, 1) for each in held]
        if any(way is not None and _is_dear(way, goal, machine) for way in found):
            found += [_found(each, DEAR) for each in held]
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


def _is_dear(way: Way, goal: Goal, machine: Machine) -> bool:
    """Whether launches take so much that others may be better with fewer."""
    progress = way.progress
    counts = goal.minimise in ("latency", "throughput")
    return counts and progress.launching(machine) > MUCH * progress.running


def _found(network: "_Network", price: int) -> Way | None:
    """The best way to run a network, holding some constants, if launches cost so many
    times as much; None if there is no room for them.
    """
    search, choices = _Search(network, price), network.choices
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


class _Striped(NamedTuple):
    """Groups `start` to `end` in stripes; `maps` that they read are on chip, and their
    `result` stays there.
    """

    start: int
    end: int
    maps: tuple[StayingMap, ...]
    result: StayingMap | None


class _Network:
    """What may be on chip around groups: results of others, and some constants from the
    first group that takes them to the last.
    """

    def __init__(self, choices: Choices, holds: Mapping[Key, Staying]):
        self.choices = choices
        self.holds = holds
        links = choices.graph.links
        self.maps = [self._stays(number) for number in range(len(links))]
        self.constants = [
            link.constants
            if any(key in holds for _, key in link.constants.each)
            else NO_KEYS
            for link in links
        ]
        self._reads: dict[tuple[int, int], Container[StayingMap]] = {}
        around = [*self._around()]
        self._found = dict(
            zip(around, choices.each_striped([*map(self._case, around)]), strict=True)
        )

    def _stays(self, number: int) -> StayingMap | None:
        """The result of a group as it can stay on chip, if it can and is read soon."""
        graph = self.choices.graph
        found = graph.stays(number)
        if found is None:
            return None
        kept, last = found
        is_small = kept.bytes * SMALL <= self.choices.machine.sram.bytes
        if last - number > (REACH if is_small else LONGEST):
            return None
        return StayingMap(graph.groups[number].name, kept, last)

    def found(self, start: int, end: int, around: Around) -> Found | None:
        """What is worth trying of groups as one, with what is on chip around them."""
        reads = self._reads[start, end]
        maps = tuple(each for each in around.maps if each in reads)
        return self._found[_Striped(start, end, maps, around.result)]

    def _around(self) -> Iterator[_Striped]:
        """All runs of groups, with all that may be on chip around them and that they
        read: what is worth trying is found at once.
        """
        links, size = self.choices.graph.links, self.choices.machine.sram.bytes
        for end in range(1, len(links) + 1):
            results = dict.fromkeys((None, self.maps[end - 1]))
            read: set[str] = set()
            for start in reversed(range(max(0, end - LONGEST), end)):
                read |= {*links[start].reads}
                some = self.maps[max(0, start - REACH) : start]
                before = [each for each in some if each and each.name in read]
                self._reads[start, end] = {*before}
                held = self.held_bytes(start, end)
                for count in range(len(before) + 1):
                    for maps, result in product(combinations(before, count), results):
                        if Around(maps, result, held).bytes <= size:
                            yield _Striped(start, end, maps, result)

    def _case(self, run: _Striped) -> Case:
        """The same by the names of maps."""
        start, end, maps, result = run
        on_chip = {each.name: each.kept for each in maps}
        keeps = result.kept if result else None
        return Case(start, end, on_chip, keeps, self.held(start, end))

    def held(self, start: int, end: int) -> tuple[Held, ...]:
        """The constants that groups hold as one."""
        there = {key for key, each in self.holds.items() if each.first < start}
        return held(self.constants[start:end], there)

    def held_bytes(self, start: int, end: int) -> int:
        """The bytes of constants that stay on chip while groups run as one."""
        stays = (e for e in self.holds.values() if e.first < end and start <= e.last)
        return sum(each.bytes for each in stays)


class _Search:
    """The best ways to all places, from the front."""

    def __init__(self, network: _Network, price: int):
        self.network = network
        self.choices = network.choices
        self.machine = network.choices.machine
        self.maps = [*network.maps]
        self.ways = [Ways([Way(START, 0, None, None)])]
        self.price = price
        self.beam = max(BEAM, WIDE // max(1, len(self.maps)))

    def part(self, names: Collection[str]) -> None:
        """Let the results of some groups not stay; ways that end before are as they
        were.
        """
        groups = self.choices.graph.groups
        apart = [number for number, each in enumerate(groups) if each.name in names]
        for number in apart:
            self.maps[number] = None
        del self.ways[min(apart) + 1 :]

    def best(self) -> Way | None:
        """The best way to the end, if there is one."""
        for end in range(len(self.ways), len(self.maps) + 1):
            starts = range(max(0, end - LONGEST), end)
            striped = [each for start in starts for each in self._striped(start, end)]
            self.ways.append(Ways([*self._best([*self._by_itself(end)], striped, end)]))
        return next(iter(self.ways[-1].all), None)

    def _by_itself(self, end: int) -> Iterator[Way]:
        """The last group alone, in tiles: it takes all of the SRAM."""
        if self.network.held_bytes(end - 1, end):
            return
        alone = self.choices.alone(end - 1)
        for way in self.ways[end - 1].all:
            if not way.maps:
                progress = way.progress.wait(alone.cost, self.machine)
                yield Way(progress, end - 1, alone, way, end=end)

    def _striped(self, start: int, end: int) -> Iterator[Onward]:
        """The last groups together, their result in DRAM or on chip."""
        before, size = self.ways[start], self.machine.sram.bytes
        held = self.network.held_bytes(start, end)
        for maps, some in before.by_maps.items():
            for result in dict.fromkeys((None, self.maps[end - 1])):
                around = Around(maps, result, held)
                if around.bytes <= (size if result is None else size // 4 * 3):
                    found = self.network.found(start, end, around)
                    if found is not None:
                        yield Onward(before, start, some, around, found)

    def _best(
        self, alone: Sequence[Way], striped: Sequence[Onward], end: int
    ) -> Iterator[Way]:
        """The few best of ways whose last group runs alone, and of those that go on
        with groups in stripes.
        """
        every = progress_of([way.progress for way in alone])
        maps = [way.maps for way in alone]
        numbers: dict[tuple[StayingMap, ...], int] = {}
        of = [numbers.setdefault(each, len(numbers)) for each in maps]
        if not striped:
            yield from (alone[at] for at in self._few(every, np.array(of, np.int64)))
            return
        on = GoingOn(striped, self.machine)
        every = Progress(*np.concatenate([every, on.progress], axis=1))
        after = [each.around.after(end) for each in striped]
        of_striped = [numbers.setdefault(each, len(numbers)) for each in after]
        both = np.concatenate([np.array(of, np.int64), np.array(of_striped)[on.of]])
        for at in self._few(every, both):
            yield alone[at] if at < len(alone) else on.way(at - len(alone), end)

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
