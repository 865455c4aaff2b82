"""The strategy `dp`: groups of neighbours in stripes wherever that is best.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, and of all results that can stay on chip, the best: found from the
front (dynamic programming), with the few best ways to every place, since a group that
leaves the bus idle is worth more than it costs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from ...backend_aipu.machine import Machine
from ...dialects.tile import Schedule
from .choices import LONGEST, Case, Choices
from .goal import LATENCY, Goal, Rank
from .group import GroupGraph
from .layerwise import least_sram
from .parts import Together, graphs, places, staying
from .shared_weights import shared_weights
from .striped.arrange import Staying
from .striped.following import START, Progress, progress_of
from .striped.held import Held, held
from .striped.stripes import Ints
from .ways import Around, Onward, StayingMap, Way, Ways, going_on

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
        holds = [{}, shared] if (shared := shared_weights(graph, machine)) else [{}]
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
    """The best way to run a network, holding some weights, if launches cost so many
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


class _Network:
    """What may be on chip around groups: results of others, and some weights from the
    first group that takes them to the last.
    """

    def __init__(self, choices: Choices, holds: Mapping[str, Staying]):
        self.choices = choices
        self.holds = holds
        links = choices.graph.links
        self.maps = [self._stays(number) for number in range(len(links))]
        constants = [link.constant for link in links]
        self.constants = [key if key in holds else None for key in constants]
        choices.each_striped([*self._cases()])

    def _stays(self, number: int) -> StayingMap | None:
        """The result of a group as it can stay on chip, if it can and is read soon."""
        graph = self.choices.graph
        found = graph.stays(number)
        if found is None or found[1] - number > LONGEST:
            return None
        return StayingMap(graph.groups[number].name, *found)

    def _cases(self) -> Iterator[Case]:
        """All runs of groups, with all that may be on chip around them and that they
        read: what is worth trying is found at once.
        """
        links, size = self.choices.graph.links, self.choices.machine.sram.bytes
        for end in range(1, len(links) + 1):
            results = dict.fromkeys((None, self.maps[end - 1]))
            read: set[str] = set()
            for start in reversed(range(max(0, end - LONGEST), end)):
                read |= {*links[start].reads}
                some = self.maps[max(0, start - LONGEST) : start]
                before = [each for each in some if each and each.name in read]
                held = self.held(start, end)
                for count in range(len(before) + 1):
                    for maps, result in product(combinations(before, count), results):
                        around = Around(maps, result, self.held_bytes(start, end))
                        if around.bytes <= size:
                            yield Case(start, end, *around.maps_and_result, held)

    def held(self, start: int, end: int) -> tuple[Held, ...]:
        """The weights that groups hold as one."""
        there = {key for key, each in self.holds.items() if each.first < start}
        return held(self.constants[start:end], there)

    def held_bytes(self, start: int, end: int) -> int:
        """The bytes of weights that stay on chip while groups run as one."""
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
            self.ways.append(Ways(self._best([*self._by_itself(end)], striped, end)))
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
        held, holds = self.network.held_bytes(start, end), self.network.held(start, end)
        results = dict.fromkeys((None, self.maps[end - 1]))
        possible = (Around(*each, held) for each in product(before.by_maps, results))
        several = [
            around
            for around in possible
            if around.result is None or around.bytes <= size // 4 * 3
        ]
        found = self.choices.each_striped(
            [Case(start, end, *around.maps_and_result, holds) for around in several]
        )
        for around, each in zip(several, found, strict=True):
            if each is not None:
                (fits,) = (each.spent.sram_bytes + around.bytes <= size).nonzero()
                ways = before.by_maps[around.maps]
                numbers = np.tile(ways, len(fits)), np.repeat(fits, len(ways))
                yield Onward(before, start, around, each, *numbers)

    def _best(
        self, alone: Sequence[Way], striped: Sequence[Onward], end: int
    ) -> Sequence[Way]:
        """The few best of ways whose last group runs alone, and of those that go on
        with groups in stripes.
        """
        every = progress_of([way.progress for way in alone])
        if striped:
            after = going_on(striped, self.machine)
            every = Progress(*np.concatenate([every, after], axis=1))
        maps = [
            *(way.maps for way in alone),
            *(each.around.after(end) for each in striped),
        ]
        counts = [*(1 for _ in alone), *map(len, striped)]
        numbers = {each: number for number, each in enumerate(dict.fromkeys(maps))}
        of = np.repeat(np.array([numbers[each] for each in maps], np.int64), counts)
        begins = np.cumsum([0, *counts])
        found: list[Way] = []
        for at in self._few(every, of):
            piece = int(np.searchsorted(begins, at, "right")) - 1
            if piece < len(alone):
                found.append(alone[piece])
            else:
                onward, place = striped[piece - len(alone)], at - int(begins[piece])
                found.append(onward.way(place, every.one(at), end))
        return found

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
