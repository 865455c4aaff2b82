"""Questions about groups that are alike but for their numbers, as arrays of these."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .....dialects.tile import StripedSchedule, Weights
from ..graph import Graph, Stays
from ..stripes import Ints
from .differences import Differences
from .efforts import Efforts
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


class Alike:
    """Questions about graphs of the same structure: their schedules one after another,
    and the sets of what stays.

    schedules_of, stays_of: of which question each is, int64 [schedules] and [sets].
    sizes: of the graph of each question.
    slots, channels, depth: as of `Differences`, of all schedules.
    """

    def __init__(self, questions: Sequence[Question]):
        self.questions = questions
        self.schedules = [each for question in questions for each in question.schedules]
        self.stays = [each for question in questions for each in question.stays]
        numbers = np.arange(len(questions))
        self.schedules_of = numbers.repeat([len(each.schedules) for each in questions])
        self.stays_of = numbers.repeat([len(each.stays) for each in questions])
        self.sizes = sizes_of([question.graph for question in questions])
        self._count()
        self._see_weights()
        self._see_stays()
        self._efforts = Efforts(
            questions[0].graph,
            self.sizes,
            self._counts,
            self.schedules_of,
            self._heights,
            self.channels,
            self.depth,
        )

    def _count(self) -> None:
        """The rows of all heights of each graph."""
        rows = np.array([schedule.rows for schedule in self.schedules], np.int64)
        many = rows.max() + 1
        keys, self._heights = np.unique(
            self.schedules_of * many + rows, return_inverse=True
        )
        of, heights = np.divmod(keys, many)
        self._counts = one_after_another(
            [
                row_counts(each.graph, heights[of == number].tolist())
                for number, each in enumerate(self.questions)
            ]
        )

    def _see_weights(self) -> None:
        """How weights come, and rows."""
        numbers: dict[tuple[Weights, ...], int] = {}
        self.weights_of = np.array(
            [numbers.setdefault(each.weights, len(numbers)) for each in self.schedules],
            np.int64,
        )
        self.weights = [*numbers]
        table = np.array(self.weights, np.int64).transpose(2, 1, 0)
        self.slots, channels, self.depth, _ = table[..., self.weights_of]
        whole = self.sizes.channels[-len(channels) :, self.schedules_of]
        self.channels = np.where(self.slots > 0, channels, whole)
        self._ahead = np.array([each.ahead for each in self.schedules], np.int64)

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
        return self._counts.stripes[self._heights]

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
            self.sizes.of(of),
            self._crosses[:, stays],
            self._padded[:, stays],
            copied[:, of],
            self._ahead[schedules],
            self._heights[schedules],
            self.slots[:, schedules],
            self.channels[:, schedules],
            self.depth[:, schedules],
            self._counts,
            self._efforts,
            schedules,
        )
