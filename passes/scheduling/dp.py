"""The strategy `dp`: groups of neighbours in stripes wherever that is best.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, and of all results that can stay on chip, the best: found from the
front (dynamic programming), with the few best ways to every place, since a group that
leaves the bus idle is worth more than it costs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...backend_aipu.machine import Machine
from ...dialects.tile import Schedule, StripedSchedule
from .choices import LONGEST, Choices, Costed, Run
from .goal import LATENCY, Goal, Rank
from .group import GroupGraph
from .layerwise import least_sram
from .parts import Together, graphs, places, staying
from .striped.following import Progress
from .striped.kept import Kept

BEAM = 6
"""So many ways to every place are kept, of those with the same maps on chip."""


@dataclass(frozen=True)
class _Map:
    """A map that stays on chip until group `last` has read it."""

    name: str
    kept: Kept
    last: int


@dataclass(frozen=True)
class _Way:
    """A way to the end of a group: what it takes, how that runs, and where it begins;
    and the maps that are on chip then.
    """

    progress: Progress
    start: int
    choice: Costed | None
    before: "_Way | None"
    maps: tuple[_Map, ...] = ()


class Dp:
    """Groups in stripes, and others by themselves, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        machine, goal = least_sram(graph, machine, goal)
        choices = Choices(graph, machine, goal)
        apart: set[str] = set()
        while True:
            runs = _Search(choices, apart).runs()
            parts = [Together(*run[:2], run.choice.schedule) for run in runs]
            crowded = _crowded(graph, parts, machine)
            if not crowded:
                return choices.schedules(runs)
            apart |= crowded


def _crowded(
    graph: GroupGraph, parts: Sequence[Together], machine: Machine
) -> set[str]:
    """The maps beside which a part finds no room in one piece; none if all parts find
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
    return set()


class _Search:
    """The best ways to all places, from the front; the maps of some do not stay."""

    def __init__(self, choices: Choices, apart: Collection[str]):
        self.choices = choices
        self.machine = choices.machine
        self.names = [group.name for group in choices.graph.groups]
        self.maps = [self._stays(number, apart) for number in range(len(self.names))]
        self.ways: list[list[_Way]] = [[_Way(Progress(), 0, None, None)]]

    def _stays(self, number: int, apart: Collection[str]) -> _Map | None:
        """The result of a group as it can stay on chip, if it can and is read soon."""
        name, found = self.names[number], self.choices.graph.stays(number)
        if found is None or name in apart or found[1] - number > LONGEST:
            return None
        return _Map(name, *found)

    def runs(self) -> list[Run]:
        """How groups run, from the first to the last."""
        for end in range(1, len(self.names) + 1):
            found = list(self._by_itself(end))
            for start in range(max(0, end - LONGEST), end):
                for way in self.ways[start]:
                    found += self._in_stripes(way, start, end)
            self.ways.append(self._best(found))
        runs: list[Run] = []
        end, way = len(self.names), min(self.ways[-1], key=self._rank)
        while way.before is not None and way.choice is not None:
            runs.append(Run(way.start, end, way.choice))
            end, way = way.start, way.before
        return runs[::-1]

    def _by_itself(self, end: int) -> Iterator[_Way]:
        """The last group alone, in tiles: it takes all of the SRAM."""
        alone = self.choices.alone(end - 1)
        for way in self.ways[end - 1]:
            if not way.maps:
                progress = way.progress.wait(alone.cost, self.machine)
                yield _Way(progress, end - 1, alone, way)

    def _in_stripes(self, way: _Way, start: int, end: int) -> Iterator[_Way]:
        """The last groups together, their result in DRAM or on chip."""
        size = self.machine.sram.bytes
        on_chip = {each.name: each.kept for each in way.maps}
        there = sum(each.kept.bytes for each in way.maps)
        after = tuple(each for each in way.maps if each.last >= end)
        for result in dict.fromkeys((None, self.maps[end - 1])):
            if result is not None and there + result.kept.bytes > size // 4 * 3:
                continue
            taken = there + (result.kept.bytes if result else 0)
            maps = (*after, result) if result else after
            keeps = result.kept if result else None
            for each in self.choices.striped(start, end, on_chip, keeps):
                spent, schedule = each.spent, each.schedule
                assert spent is not None and isinstance(schedule, StripedSchedule)
                if spent.sram_bytes + taken <= size:
                    progress = way.progress.follow(spent, self.machine, taken)
                    kept = schedule._replace(kept=result is not None)
                    choice = each._replace(schedule=kept)
                    yield _Way(progress, start, choice, way, maps)

    def _rank(self, way: _Way) -> Rank:
        return self.choices.rank(way.progress.cost)

    def _best(self, ways: Sequence[_Way]) -> list[_Way]:
        """The few best ways to a place, none worse than another in all that counts:
        those with the same maps on chip are compared.
        """
        found: dict[tuple[_Map, ...], list[_Way]] = {}
        for way in sorted(ways, key=self._rank):
            others = found.setdefault(way.maps, [])
            moved, size = way.progress.moved, way.progress.sram_bytes
            if len(others) < BEAM and not any(
                other.progress.moved <= moved and other.progress.sram_bytes <= size
                for other in others
            ):
                others.append(way)
        return [way for others in found.values() for way in others]
