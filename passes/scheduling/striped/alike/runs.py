"""Stripes of many schedules, those alike that follow each other once."""

from dataclasses import dataclass

import numpy as np

from ..stripes import Ints
from .row_counts import RowCounts


@dataclass(frozen=True)
class Runs:
    """The stripes of schedules, once for those alike that follow each other.

    of: the schedule of each, int64 [runs].
    begins: where those of each schedule begin, int64 [schedules].
    inside: the rows of each tensor that are made, int64 [tensors, runs].
    repeats: how many stripes each is, int64 [runs].
    """

    of: Ints
    begins: Ints
    inside: Ints
    repeats: Ints

    def total(self, each: Ints) -> Ints:
        """Of every schedule the sum over its stripes, int64 [..., schedules]."""
        return np.add.reduceat(each * self.repeats, self.begins, axis=-1)

    def first(self, each: Ints) -> Ints:
        """That of its first stripe."""
        return each[self.begins]

    def last(self, each: Ints) -> Ints:
        """That of its last one."""
        return each[np.append(self.begins[1:], len(each)) - 1]


def runs_of(counts: RowCounts, heights: Ints) -> Runs:
    """The stripes of schedules, each of one of the heights of `counts`."""
    runs = counts.runs[heights]
    begins = np.cumsum(runs) - runs
    of = np.repeat(np.arange(len(heights)), runs)
    places = (counts.begins[heights] - begins)[of] + np.arange(len(of))
    return Runs(of, begins, counts.inside[:, places], counts.repeats[places])
