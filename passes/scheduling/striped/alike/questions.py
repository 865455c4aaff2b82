"""Questions about groups that are alike but for their numbers, as arrays of these."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import chain, count
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from .....dialects.tile import StripedSchedule, Weights
from ..graph import Graph, Stays
from ..stripes import Ints
from .differences import Differences
from .distinct import distinct
from .efforts import Efforts
from .heights import Heights
from .rings import Rings
from .row_counts import one_after_another, row_counts
from .sizes import sizes_of, structure_of


class Question(NamedTuple):
    """A group, schedules of it, and sets of its tensors that may stay on chip."""

    graph: Graph
    schedules: Sequence[StripedSchedule]
    stays: Sequence[Stays]


def alike(questions: Sequence[Question]) -> Iterator[list[int]]:
    """The numbers of questions whose graphs have the same structure, of those that ask
    for anything.
    """
    found: dict[Hashable, list[int]] = defaultdict(list)
    for number, question in enumerate(questions):
        if question.schedules and question.stays:
            found[structure_of(question.graph)].append(number)
    yield from found.values()


class Manner(NamedTuple):
    """What schedules have in common that differ in their rows only, and in what comes
    ahead.
    """

    weights: tuple[Weights, ...]
    images: int
    dataflow: str


_MANNER = attrgetter(*Manner._fields)


class Alike:
    """Questions about graphs of the same structure: their schedules one after another,
    and the sets of what stays.

    schedules_of, stays_of: of which question each is, int64 [schedules] and [sets].
    sizes: of the graph of each question.
    heights, rings: of stripes, and of weights, that any schedule has.
    height_of, rings_of: which of these each has, int64 [schedules].
    manners, graph_of_rings: of each of the rings.
    """

    def __init__(self, questions: Sequence[Question]):
        self.questions = questions
        self.schedules = [*chain.from_iterable(each.schedules for each in questions)]
        self.stays = [*chain.from_iterable(each.stays for each in questions)]
        numbers = np.arange(len(questions))
        self.schedules_of = numbers.repeat([len(each.schedules) for each in questions])
        self.stays_of = numbers.repeat([len(each.stays) for each in questions])
        self.sizes = sizes_of([question.graph for question in questions])
        self._count()
        self._see_weights()
        self._see_stays()
        self._efforts = Efforts(self.heights, self.rings, self.height_of, self.rings_of)

    def _count(self) -> None:
        """The rows of all heights of each graph."""
        rows = self._each("rows")
        many = int(rows.max()) + 1
        keys = self.schedules_of * many + rows
        keys, _, self.height_of = distinct(keys, len(self.questions) * many)
        of, heights = np.divmod(keys, many)
        counts = one_after_another(
            [
                row_counts(each.graph, heights[of == number].tolist())
                for number, each in enumerate(self.questions)
            ]
        )
        self.heights = Heights(self.questions[0].graph, counts, self.sizes.of(of))

    def _each(self, name: str) -> Ints:
        """A number of all schedules, int64 [schedules]."""
        numbers = map(attrgetter(name), self.schedules)
        return np.fromiter(numbers, np.int64, len(self.schedules))

    def _see_weights(self) -> None:
        """How weights come, and what is read."""
        numbers: defaultdict[tuple[object, ...], int] = defaultdict(count().__next__)
        each = map(numbers.__getitem__, map(_MANNER, self.schedules))
        manners_of = np.fromiter(each, np.int64, len(self.schedules))
        manners, many = [*map(Manner._make, numbers)], len(numbers)
        keys = self.schedules_of * many + manners_of
        keys, _, self.rings_of = distinct(keys, len(self.questions) * many)
        of, places = np.divmod(keys, many)
        self.graph_of_rings = of.tolist()
        self.manners = [manners[place] for place in places.tolist()]
        table = np.array([manner.weights for manner in manners], np.int64)
        slots, channels, depth, _ = table.transpose(2, 1, 0)[..., places]
        sizes = self.sizes.of(of)
        channels = np.where(slots > 0, channels, sizes.channels[-len(channels) :])
        self.rings = Rings(self.questions[0].graph, sizes, slots, channels, depth)
        self._ahead = self._each("ahead")

    def _see_stays(self) -> None:
        """Which tensors cross the bus, and how large the places of others are."""
        self._crosses = np.ones((len(self.sizes.rows), len(self.stays)), np.int64)
        self._padded = np.zeros_like(self._crosses)
        for at, each in enumerate(self.stays):
            for tensor, kept in each:
                self._crosses[tensor, at] = 0
                self._padded[tensor, at] = kept.bytes * kept.is_padded

    @property
    def stripes(self) -> Ints:
        """How many stripes each schedule has."""
        return self.heights.counts.stripes[self.height_of]

    def graph(self, schedule: int) -> Graph:
        """What a schedule is of."""
        return self.questions[self.schedules_of[schedule]].graph

    def each_with(self, schedules: Ints, stays: Ints) -> tuple[Ints, Ints]:
        """Some schedules, each with those of some sets that are of its question."""
        numbers = np.arange(len(self.questions) + 1)
        begins = np.searchsorted(self.stays_of[stays], numbers)
        of = self.schedules_of[schedules]
        counts = np.diff(begins)[of]
        places = np.repeat(np.arange(len(schedules)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return schedules[places], stays[begins[of[places]] + within]

    def which(self, schedules: Ints, stays: Ints) -> tuple[Ints, Ints, Ints]:
        """The questions of schedules and of sets of theirs, and their numbers in it."""
        of, numbers = self.schedules_of[schedules], np.arange(len(self.questions))
        first = np.searchsorted(self.schedules_of, numbers)
        first_stays = np.searchsorted(self.stays_of, numbers)
        return of, schedules - first[of], stays - first_stays[of]

    def differences(self, schedules: Ints, stays: Ints, copied: Ints) -> Differences:
        """In what some of the schedules differ, while one or another set stays, where
        the operators of each question have to copy so many channels, int64 [operators,
        questions].
        """
        of = self.schedules_of[schedules]
        return Differences(
            self.heights,
            self.height_of[schedules],
            self.rings,
            self.rings_of[schedules],
            self._crosses[:, stays],
            self._padded[:, stays],
            copied[:, of],
            self._ahead[schedules],
            self._efforts,
            schedules,
        )
