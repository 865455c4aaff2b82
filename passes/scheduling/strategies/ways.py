"""Ways through the groups of a network, as far as a search has come: the best few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ....backend_aipu.machine import Machine
from ..striped.cost.estimate import Spent
from ..striped.cost.following import Progress, progress_of
from ..striped.kept import Kept
from ..striped.stripes import Ints
from .choices import Costed, Found, Run


@dataclass(frozen=True, eq=False)
class StayingMap:
    """A map that stays on chip until group `last` has read it; each is one object."""

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
    def by_maps(self) -> "Mapping[tuple[StayingMap, ...], Numbered]":
        """Those with the same maps on chip."""
        found: dict[tuple[StayingMap, ...], list[int]] = {}
        for number, way in enumerate(self.all):
            found.setdefault(way.maps, []).append(number)
        progress = np.array(progress_of([way.progress for way in self.all]))
        return {
            maps: Numbered(np.array(numbers), progress[:, numbers])
            for maps, numbers in found.items()
        }


class Numbered(NamedTuple):
    """Some of the ways to a place: their numbers, int64 [ways], and how far each is,
    int64 [fields, ways].
    """

    numbers: Ints
    progress: Ints


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

    def after(self, end: int) -> tuple[StayingMap, ...]:
        """The maps that are still there after groups up to `end`."""
        before = tuple(each for each in self.maps if each.last >= end)
        return (*before, self.result) if self.result else before


class Onward(NamedTuple):
    """Some of the ways to group `start`, which go on with groups in stripes: what is on
    chip around these, and how they may run.
    """

    before: Ways
    start: int
    some: Numbered
    around: Around
    found: Found


class GoingOn:
    """Each of several ways on, with every choice for which a machine has room.

    of: which of these each is, int64 [ways].
    progress: how far the machine is after it.
    """

    def __init__(self, several: Sequence[Onward], machine: Machine):
        self.several = several
        spent = np.concatenate([each.found.table for each in several], axis=1)
        ways = np.concatenate([each.some.progress for each in several], axis=1)
        self._ways = np.concatenate([each.some.numbers for each in several])
        choices, self._first_choice = _counted(
            [len(each.found.schedules) for each in several]
        )
        counts = np.array([len(each.some.numbers) for each in several])
        staying = np.array([each.around.bytes for each in several])[choices]
        needed = spent[Spent._fields.index("sram_bytes")] + staying
        (fitting,) = (needed <= machine.sram.bytes).nonzero()
        at, first = _counted(counts[choices[fitting]])
        self._choice = fitting[at]
        self.of = choices[self._choice]
        within = np.arange(len(at)) - first[at]
        self._way = (np.cumsum(counts) - counts)[self.of] + within
        self.progress = Progress(*ways[:, self._way]).follow(
            Spent(*spent[:, self._choice]), machine, staying[self._choice]
        )

    def way(self, at: int, end: int) -> Way:
        """One of them, to the end of a group."""
        of = int(self.of[at])
        each, choice = self.several[of], self._choice[at] - self._first_choice[of]
        kept = each.around.result is not None
        return Way(
            self.progress.one(at),
            each.start,
            each.found.one(int(choice), kept=kept),
            each.before.all[int(self._ways[self._way[at]])],
            each.around.after(end),
            end,
        )


def _counted(counts: Sequence[int] | Ints) -> tuple[Ints, Ints]:
    """Of so many of each of several, one after another, which each is of; and where
    those of each begin.
    """
    ends = np.cumsum(np.asarray(counts, np.int64))
    return np.arange(len(ends)).repeat(counts), ends - counts
