"""What the rows of a striped group come to: for a cost, only their counts matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..graph import Graph, Lines
from ..stripes import Ints, row_table


@dataclass(frozen=True)
class RowCounts:
    """Rows of every tensor, for stripes of several heights: int64 [tensors, heights].

    made: those of the map that are made, in all stripes; `first`, `last` and `most` in
        the first stripe, in the last, and in that which makes the most.
    held: the most that lie on chip, padding among them.
    again: those that the next stripe reads, too, in all stripes; `moved` where that
        looks for them in another place of the same slot.
    turns: in how many stripes any are made.
    stripes: of each height how many there are, int64 [heights].
    inside: those of the map that are made in a stripe, once for stripes alike that
        follow each other, those of one height after those of another: int64 [tensors,
        runs].
    repeats: how many stripes each of these is, int64 [runs].
    begins, runs: of each height where they begin, and how many, int64 [heights].
    """

    made: Ints
    first: Ints
    last: Ints
    most: Ints
    held: Ints
    again: Ints
    moved: Ints
    turns: Ints
    stripes: Ints
    inside: Ints
    repeats: Ints
    begins: Ints
    runs: Ints

    @property
    def height_of_runs(self) -> Ints:
        """The height of each of the runs, int64 [runs]."""
        return np.repeat(np.arange(len(self.runs)), self.runs)

    def total(self, each: Ints) -> Ints:
        """Of runs the sum over all stripes of each height, int64 [..., heights]."""
        return np.add.reduceat(each * self.repeats, self.begins, axis=-1)


def row_counts(graph: Graph, heights: Sequence[int]) -> RowCounts:
    """The counts for stripes of each height."""
    return _row_counts(graph.lines, tuple(heights))


@lru_cache(maxsize=1 << 10)
def _row_counts(lines: Lines, heights: tuple[int, ...]) -> RowCounts:
    table = row_table(lines, heights)
    begins, (_, count) = table.begins, table.start.shape
    extents = np.array(lines.heights)[:, None]
    inside = np.minimum(table.end, extents) - np.maximum(table.start, 0)
    inside = np.maximum(inside, 0)
    ends = np.append(begins[1:], count)
    again, moved = np.zeros_like(inside), np.zeros_like(inside)
    again[:, :-1] = np.maximum(table.end[:, :-1] - table.first[:, 1:], 0)
    again[:, ends - 1] = 0
    moved[:, :-1] = again[:, :-1] * (table.first[:, 1:] != table.first[:, :-1])
    differs = np.ones(count, bool)
    differs[1:] = (inside[:, 1:] != inside[:, :-1]).any(0)
    differs[begins] = True
    (runs,) = differs.nonzero()
    first_runs = np.searchsorted(runs, begins)
    return RowCounts(
        made=np.add.reduceat(inside, begins, axis=1),
        first=inside[:, begins],
        last=inside[:, ends - 1],
        most=np.maximum.reduceat(inside, begins, axis=1),
        held=np.maximum.reduceat(table.end - table.first, begins, axis=1),
        again=np.add.reduceat(again, begins, axis=1),
        moved=np.add.reduceat(moved, begins, axis=1),
        turns=np.add.reduceat((inside > 0).astype(np.int64), begins, axis=1),
        stripes=ends - begins,
        inside=inside[:, runs],
        repeats=np.diff(runs, append=count),
        begins=first_runs,
        runs=np.diff(first_runs, append=len(runs)),
    )


def one_after_another(several: Sequence[RowCounts]) -> RowCounts:
    """The heights of one, then those of another; of as many tensors."""
    if len(several) == 1:
        return several[0]
    fields = zip(*(vars(each).values() for each in several), strict=True)
    together = RowCounts(*(np.concatenate(each, axis=-1) for each in fields))
    before = np.cumsum([0, *(len(each.repeats) for each in several[:-1])])
    heights = [len(each.begins) for each in several]
    return replace(together, begins=together.begins + np.repeat(before, heights))
