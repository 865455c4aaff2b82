"""Which rows of which tensor are made, and which lie on chip, while a group is striped.

A stripe is so many rows of the result. Backwards from there follows what every
operator must have made by then: each makes what is missing, so that no row is made
twice, and rows that a later stripe reads again are kept. Rows count from the first of
the map; those below 0, or behind its last, are padding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .graph import Graph, Lines

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Of a tensor in a stripe: rows [start, end) are made, [first, end) lie on chip.

    They reach into padding: above the map from the first stripe on, below it as soon as
    the map itself ends.
    """

    start: int
    end: int
    first: int

    @property
    def held(self) -> int:
        """How many rows lie on chip."""
        return self.end - self.first


@dataclass(frozen=True)
class RowTable:
    """The rows of every tensor in the stripes of several heights, one after another.

    start, end, first: as of `Rows`, int64 [tensors, stripes].
    begins: where the stripes of each height begin, int64 [heights].
    """

    start: Ints
    end: Ints
    first: Ints
    begins: Ints


def stripes(graph: Graph, rows: int) -> Sequence[Sequence[Rows]]:
    """The rows of every tensor in every stripe of `rows` rows of the result."""
    return _stripes(graph.lines, rows)


@lru_cache(maxsize=1 << 10)
def _stripes(lines: Lines, rows: int) -> Sequence[Sequence[Rows]]:
    table = row_table(lines, [rows])
    columns = (each.T.tolist() for each in (table.start, table.end, table.first))
    return [[*map(Rows, *stripe)] for stripe in zip(*columns, strict=True)]


def row_table(lines: Lines, heights: Sequence[int]) -> RowTable:
    """The rows of every tensor in every stripe of each height."""
    total = lines.heights[-1]
    counts = [-(-total // rows) for rows in heights]
    begins = np.cumsum([0, *counts[:-1]])
    result = np.concatenate(
        [
            np.minimum(total, rows * np.arange(1, count + 1))
            for rows, count in zip(heights, counts, strict=True)
        ]
    )
    made = _made(lines, result)
    before = np.zeros_like(made)
    before[:, 1:] = made[:, :-1]
    before[:, begins] = 0
    rows = [
        _rows_of(lines, tensor, made, before, begins)
        for tensor in range(len(lines.heights))
    ]
    start, end, first = (np.array(each) for each in zip(*rows, strict=True))
    return RowTable(start, end, first, begins)


def _made(lines: Lines, result_rows: Ints) -> Ints:
    """How many rows of each tensor must be made for the first rows of the result, int64
    [tensors, stripes].
    """
    heights = lines.heights
    ends = np.zeros((len(heights), len(result_rows)), np.int64)
    ends[-1] = result_rows
    for tensor in lines.also:
        ends[tensor] = heights[tensor] * (result_rows == heights[-1])
    for back, (reads, sweep) in enumerate(reversed(lines.operators), 1):
        end = ends[-back]
        read = np.where(end > 0, sweep.end_row(end), 0)
        for tensor in reads:
            wanted = np.minimum(read, heights[tensor])
            ends[tensor] = np.maximum(ends[tensor], wanted)
    return ends


def _rows_of(
    lines: Lines, tensor: int, made: Ints, before: Ints, begins: Ints
) -> tuple[Ints, Ints, Ints]:
    """Start, end and first of a tensor in all stripes, after which, and before which,
    so many rows of each tensor are made.
    """
    height = lines.heights[tensor]
    results = range(len(lines.heights) - len(lines.operators), len(lines.heights))
    reading = [
        (sweep, ofm)
        for ofm, (reads, sweep) in zip(results, lines.operators, strict=True)
        if tensor in reads
    ]
    top = min((sweep.first_row(0) for sweep, _ in reading), default=0)
    reach = (sweep.end_row(int(made[ofm, -1])) for sweep, ofm in reading)
    below = max(0, *(end - height for end in reach), 0)
    end = made[tensor] + below * (made[tensor] == height)
    start = before[tensor] + below * (before[tensor] == height)
    start[begins] = min(top, 0)
    first = start
    for sweep, ofm in reading:
        unfinished = before[ofm] < made[ofm, -1]
        oldest = np.where(unfinished, sweep.first_row(before[ofm]), start)
        first = np.minimum(first, oldest)
    return start, end, np.maximum(first, min(top, 0))
