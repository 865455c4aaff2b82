"""Questions about groups that are alike but for their numbers, as arrays of these."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from ....dialects.tile import StripedSchedule
from .differences import Differences
from .graph import Graph, Stays
from .row_counts import one_after_another, row_counts
from .sizes import sizes_of, structure_of
from .stripes import Ints

T = TypeVar("T")


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
    """

    def __init__(self, questions: Sequence[Question]):
        self.questions = questions
        self.schedules = [each for question in questions for each in question.schedules]
        self.stays = [each for question in questions for each in question.stays]
        numbers = np.arange(len(questions))
        self.schedules_of = numbers.repeat([len(each.schedules) for each in questions])
        self.stays_of = numbers.repeat([len(each.stays) for each in questions])
        self._sizes = sizes_of([question.graph for question in questions])
        self._count()
        self._see_weights()
        self._see_stays()

    def _count(self) -> None:
        """The rows of all heights of each graph."""
        heights = [
            _numbered([s.rows for s in each.schedules]) for each in self.questions
        ]
        before = np.cumsum([0, *(len(different) for different, _ in heights)])
        places = zip(before, heights, strict=False)
        self._heights = np.concatenate([first + at for first, (_, at) in places])
        self._counts = one_after_another(
            [
                row_counts(each.graph, different)
                for each, (different, _) in zip(self.questions, heights, strict=True)
            ]
        )

    def _see_weights(self) -> None:
        """How weights come, and rows."""
        each, at = _numbered([schedule.weights for schedule in self.schedules])
        table = np.array(each, np.int64).transpose(2, 1, 0)[..., at]
        self._slots, channels, self._depth, _ = table
        whole = self._sizes.channels[-len(channels) :, self.schedules_of]
        self._channels = np.where(self._slots > 0, channels, whole)
        self._ahead = np.array([each.ahead for each in self.schedules], np.int64)

    def _see_stays(self) -> None:
        """Which tensors cross the bus, and how large the places of others are."""
        self._crosses = np.ones((len(self._sizes.rows), len(self.stays)), np.int64)
        self._padded = np.zeros_like(self._crosses)
        for at, each in enumerate(self.stays):
            for tensor, kept in each:
                self._crosses[tensor, at] = 0
                self._padded[tensor, at] = kept.bytes * kept.is_padded

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
            self._sizes.of(of),
            self._crosses[:, stays],
            self._padded[:, stays],
            copied[:, of],
            self._ahead[schedules],
            self._heights[schedules],
            self._slots[:, schedules],
            self._channels[:, schedules],
            self._depth[:, schedules],
            self._counts,
        )


def _numbered(values: Sequence[T]) -> tuple[list[T], Ints]:
    """What is different among values, and which of these each is, int64 [values]."""
    different = {value: at for at, value in enumerate(dict.fromkeys(values))}
    return list(different), np.array([different[value] for value in values], np.int64)
