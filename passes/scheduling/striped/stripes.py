"""Which rows of which tensor are made, and which lie on chip, while a group is striped.

A stripe is so many rows of the result. Backwards from there follows what every
operator must have made by then: each makes what is missing, so that no row is made
twice, and rows that a later stripe reads again are kept. Rows count from the first of
the map; those below 0, or behind its last, are padding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .graph import Graph


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


@lru_cache(maxsize=64)
def stripes(graph: Graph, rows: int) -> Sequence[Sequence[Rows]]:
    """The rows of every tensor in every stripe of `rows` rows of the result."""
    total = graph.maps[graph.result][1]
    count = -(-total // rows)
    ends = [_ends(graph, min(total, rows * (stripe + 1))) for stripe in range(count)]
    return [
        list(column)
        for column in zip(
            *(_rows_of(graph, tensor, ends) for tensor in range(len(graph.maps))),
            strict=True,
        )
    ]


def _ends(graph: Graph, result_rows: int) -> list[int]:
    """How many rows of each tensor must be made for the first rows of the result."""
    ends = [0] * len(graph.maps)
    ends[graph.result] = result_rows
    for number in reversed(range(len(graph.operators))):
        end = ends[graph.tensor_of(number)]
        operator = graph.operators[number]
        for tensor in operator.reads if end else ():
            wanted = min(operator.end_row(end), graph.maps[tensor][1])
            ends[tensor] = max(ends[tensor], wanted)
    return ends


def _rows_of(graph: Graph, tensor: int, ends: Sequence[Sequence[int]]) -> list[Rows]:
    """A tensor through all stripes; `ends` are what is made of each by their ends."""
    height = graph.maps[tensor][1]
    readers = graph.readers[tensor]
    bottom = max(
        (
            graph.operators[n].end_row(ends[-1][graph.tensor_of(n)]) - height
            for n in readers
        ),
        default=0,
    )
    top = min((graph.operators[n].first_row(0) for n in readers), default=0)
    found: list[Rows] = []
    before = [0] * len(graph.maps)
    start = first = min(top, 0)
    for after in ends:
        end = after[tensor]
        if end == height:
            end += max(bottom, 0)
        end = max(end, start)
        oldest = [
            graph.operators[n].first_row(before[graph.tensor_of(n)])
            for n in readers
            if before[graph.tensor_of(n)] < ends[-1][graph.tensor_of(n)]
        ]
        first = max(first, min([start, *oldest]))
        found.append(Rows(start, end, first))
        start, before = end, list(after)
    return found
