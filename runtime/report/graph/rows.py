"""Who stands in which row, from left to right: lines go down, and cross little.

Whatever reads something stands below it. A line that passes a row has a place in it,
one that comes from outside, or leaves, a place in the first row, or the last.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import networkx as nx
from fast_sugiyama import from_edges


class Line(NamedTuple):
    """What a node makes, and who gets it.

    maker: the node.
    start: the item that the node is in; None where that is outside.
    ends: the items that get it.
    leaves: whether somebody outside gets it, too.
    """

    maker: int
    start: int | None
    ends: Sequence[int]
    leaves: bool


class Rows(NamedTuple):
    """Items and places of lines, all called things, by rows.

    rows: the things from left to right; items have the smallest numbers.
    places: of the lines, by maker and row.
    links: the things that a line connects, from a row to the next, and its maker.
    """

    rows: Sequence[Sequence[int]]
    places: Mapping[tuple[int, int], int]
    links: Sequence[tuple[int, int, int]]


def rows_of(items: int, lines: Sequence[Line]) -> Rows:
    """The rows of so many items."""
    row_of = _row_of(items, lines)
    last = max(row_of, default=-1) + 1
    places: dict[tuple[int, int], int] = {}
    links: dict[tuple[int, int, int], None] = {}
    for line in lines:
        first = -1 if line.start is None else row_of[line.start]
        to = max([row_of[end] - 1 for end in line.ends] + [last] * line.leaves)
        for row in range(first + 1, to + 1):
            places[line.maker, row] = items + len(places)
        at = {row: places[line.maker, row] for row in range(first + 1, to + 1)}
        if line.start is not None:
            at[first] = line.start
        for row in range(first + (line.start is None), to):
            links[at[row], at[row + 1], line.maker] = None
        for end in line.ends:
            links[at[row_of[end] - 1], end, line.maker] = None
    by_row: dict[int, list[int]] = defaultdict(list)
    for thing, row in enumerate(row_of):
        by_row[row].append(thing)
    for (_, row), thing in places.items():
        by_row[row].append(thing)
    across = _across(items + len(places), list(links))
    ordered = [
        sorted(by_row[row], key=lambda thing: (across[thing], thing))
        for row in sorted(by_row)
    ]
    return Rows(ordered, places, list(links))


def _row_of(items: int, lines: Sequence[Line]) -> list[int]:
    """The row of each item: below all that it reads, and no lower than need be."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(items))
    for line in lines:
        if line.start is not None:
            graph.add_edges_from((line.start, end) for end in line.ends)
    found = [0] * items
    below = int(any(line.start is None for line in lines))
    for row, generation in enumerate(nx.topological_generations(graph)):
        for item in generation:
            found[item] = row + below
    return found


def _across(things: int, links: Sequence[tuple[int, int, int]]) -> list[float]:
    """How far right each thing is, by Sugiyama's method; loose parts side by side."""
    found = [0.0] * things
    begin = 0.0
    edges = list(dict.fromkeys((above, below) for above, below, _ in links))
    parts = [
        {int(thing): place for thing, place in places}
        for places, *_ in from_edges(edges, ranking_type="up")
    ]
    for part in sorted(parts, key=min):
        left = min(x for x, _ in part.values())
        for thing, (x, _) in part.items():
            if thing < things:
                found[thing] = begin + x - left
        begin = max(found) + 1
    return found
