"""Ways through the groups of a network, as far as a search has come: the best few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...backend_aipu.machine import Machine
from .choices import Costed, Found, Run
from .striped.estimate import Spent
from .striped.following import Progress, progress_of
from .striped.kept import Kept
from .striped.stripes import Ints


@dataclass(frozen=True)
class StayingMap:
    """A map that stays on chip until group `last` has read it."""

    name: str
    kept: Kept
    last: int


class Way(NamedTuple):
    """A way to the end of a group: what it takes, how that runs, and where it begins;
    and the maps that are on chip then.
    """

    progress: Progress[int]
    start: int
    choice: Costed | None
    before: "Way | None"
    maps: tuple[StayingMap, ...] = ()
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
class Ways:
    """The few best ways to the end of a group."""

    all: Sequence[Way]

    @cached_property
    def progress(self) -> Ints:
        """How far each is, int64 [fields, ways]."""
        return np.array(progress_of([way.progress for way in self.all]))

    @cached_property
    def by_maps(self) -> Mapping[tuple[StayingMap, ...], Ints]:
        """The numbers of those with the same maps on chip."""
        found: dict[tuple[StayingMap, ...], list[int]] = {}
        for number, way in enumerate(self.all):
            found.setdefault(way.maps, []).append(number)
        return {maps: np.array(numbers) for maps, numbers in found.items()}


@dataclass(frozen=True)
class Around:
    """What is on chip beside groups that run as one: maps before them, their result
    after them, and weights of so many bytes.
    """

    maps: tuple[StayingMap, ...]
    result: StayingMap | None
    held: int

    @cached_property
    def bytes(self) -> int:
        """All of it."""
        return sum(each.kept.bytes for each in self.after(0)) + self.held

    @property
    def maps_and_result(self) -> tuple[Mapping[str, Kept], Kept | None]:
        """The maps before them by their names, and how the result stays."""
        before = {each.name: each.kept for each in self.maps}
        return before, self.result.kept if self.result else None

    def after(self, end: int) -> tuple[StayingMap, ...]:
        """The maps that are still there after groups up to `end`."""
        before = tuple(each for each in self.maps if each.last >= end)
        return (*before, self.result) if self.result else before


@dataclass(frozen=True)
class Onward:
    """Ways to group `start` that go on with groups in stripes: what is on chip around
    these, and of each way and of each choice of how they run the number, int64 [ways].
    """

    before: Ways
    start: int
    around: Around
    found: Found
    ways: Ints
    choices: Ints

    def __len__(self) -> int:
        return len(self.ways)

    def way(self, at: int, progress: Progress[int], end: int) -> Way:
        """One of them, after which the machine is so far."""
        choice = self.found.one(
            int(self.choices[at]), kept=self.around.result is not None
        )
        return Way(
            progress,
            self.start,
            choice,
            self.before.all[int(self.ways[at])],
            self.around.after(end),
            end,
        )


def going_on(several: Sequence[Onward], machine: Machine) -> Progress[Ints]:
    """How far the machine is after all of some ways, one after another."""
    before = [each.before.progress[:, each.ways] for each in several]
    spent = [each.found.table[:, each.choices] for each in several]
    sizes = np.array([each.around.bytes for each in several], np.int64)
    progress = Progress(*np.concatenate(before, axis=1))
    staying = sizes.repeat([len(each) for each in several])
    return progress.follow(Spent(*np.concatenate(spent, axis=1)), machine, staying)
