"""What the rows of a striped group come to: for a cost, only their counts matter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .graph import Graph
from .stripes import Ints, row_table


@dataclass(frozen=True)
class RowCounts:
    """Rows of every tensor, for stripes of several heights: int64 [tensors, heights].

    made: those of the map that are made, in all stripes; `first`, `last` and `most` in
        the first stripe, in the last, and in that which makes the most.
    held: the most that lie on chip, padding among them.
    again: those that the next stripe reads, too, in all stripes; `moved` where that
        looks for them in another place of the same slot.
    inside: those of the map that are made in every stripe, the stripes of one height
        after those of another: int64 [tensors, stripes].
    stripes, begins: of each height how many there are, and where they begin, int64
        [heights].
    """

    made: Ints
    first: Ints
    last: Ints
    most: Ints
    held: Ints
    again: Ints
    moved: Ints
    inside: Ints
    stripes: Ints
    begins: Ints


def row_counts(graph: Graph, heights: Sequence[int]) -> RowCounts:
    """The counts for stripes of each height."""
    table = row_table(graph, heights)
    begins, (_, count) = table.begins, table.start.shape
    extents = np.array([[rows] for _, rows, _, _ in graph.maps])
    inside = np.minimum(table.end, extents) - np.maximum(table.start, 0)
    inside = np.maximum(inside, 0)
    ends = np.append(begins[1:], count)
    again, moved = np.zeros_like(inside), np.zeros_like(inside)
    again[:, :-1] = np.maximum(table.end[:, :-1] - table.first[:, 1:], 0)
    again[:, ends - 1] = 0
    moved[:, :-1] = again[:, :-1] * (table.first[:, 1:] != table.first[:, :-1])
    return RowCounts(
        made=np.add.reduceat(inside, begins, axis=1),
        first=inside[:, begins],
        last=inside[:, ends - 1],
        most=np.maximum.reduceat(inside, begins, axis=1),
        held=np.maximum.reduceat(table.end - table.first, begins, axis=1),
        again=np.add.reduceat(again, begins, axis=1),
        moved=np.add.reduceat(moved, begins, axis=1),
        inside=inside,
        stripes=ends - begins,
        begins=begins,
    )
