"""Where everything is: frames are laid out inside first, then are things themselves.

So a frame holds its own and nothing else, and no two boxes overlap. All lines go down.
What is contracted to frames has to be without circles: operators in the order in which
they run always are, if every frame holds neighbours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, combinations
from operator import add

from .columns import Link, columns
from .placed import Placed, framed, mirrored, single
from .rows import Line, rows_of
from .shapes import Box, Enclosure, Item, Layout, Stroke, nodes_in

ACROSS, DOWN = 16.0, 22.0
"""Pixels between neighbours, and between rows."""

LINE = 6.0
"""Pixels of width that a line takes."""


def layout(
    items: Sequence[Item],
    edges: Sequence[tuple[int, int]],
    size: tuple[float, float],
) -> Layout:
    """Where nodes and frames are.

    Args:
        items: all nodes, and the frames around them.
        edges: who makes something, and who gets it.
        size: width and height of every node.
    """
    readers: dict[int, list[int]] = defaultdict(list)
    for maker, reader in edges:
        readers[maker].append(reader)
    return _together(items, readers, size).layout


def _together(
    items: Sequence[Item],
    readers: Mapping[int, Sequence[int]],
    size: tuple[float, float],
) -> Placed:
    """Items laid out among themselves."""
    level = _Level(
        [_part(item, readers, size) for item in items], _lines(items, readers)
    )
    return level.part()


def _part(
    item: Item, readers: Mapping[int, Sequence[int]], size: tuple[float, float]
) -> Placed:
    if isinstance(item, Enclosure):
        return framed(item, _together(item.items, readers, size))
    return single(item, size)


def _lines(items: Sequence[Item], readers: Mapping[int, Sequence[int]]) -> list[Line]:
    """What the items make or get of each other, and of what is outside."""
    holder = {node: n for n, item in enumerate(items) for node in nodes_in([item])}
    found: list[Line] = []
    for maker, those in readers.items():
        start = holder.get(maker)
        inside = dict.fromkeys(holder[r] for r in those if r in holder)
        ends = [end for end in inside if end != start]
        leaves = start is not None and any(r not in holder for r in those)
        if ends or leaves:
            found.append(Line(maker, start, ends, leaves))
    return found


class _Level:
    """Parts, and the places of lines that pass them, in rows."""

    def __init__(self, parts: Sequence[Placed], lines: Sequence[Line]):
        self.parts = list(parts)
        self.lines = lines
        self.found = rows_of(len(parts), lines)
        self.row_of = {
            thing: row for row, each in enumerate(self.found.rows) for thing in each
        }
        self._untangle()
        self.widths = {
            thing: parts[thing].layout.width if thing < len(parts) else LINE
            for thing in self.row_of
        }
        self.leaving = Counter(above for above, _, _ in self.found.links)
        self.coming = Counter(below for _, below, _ in self.found.links)
        self.middles = self._middles()
        self.heights = [
            max((parts[t].layout.height for t in each if t < len(parts)), default=0.0)
            for each in self.found.rows
        ]
        gaps = [DOWN if height else DOWN / 2 for height in self.heights]
        steps = map(add, self.heights, gaps)
        self.tops = list(accumulate(steps, initial=0.0))[: len(self.heights)]

    def _untangle(self) -> None:
        """Mirror what then has fewer lines cross before it and behind it."""
        ends: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for link in self.found.links:
            for thing in link[:2]:
                ends[thing].append(link)
        for thing in (thing for row in self.found.rows for thing in row):
            if thing < len(self.parts):
                before, part = self._crossings(ends[thing], thing), self.parts[thing]
                self.parts[thing] = mirrored(part)
                if self._crossings(ends[thing], thing) >= before:
                    self.parts[thing] = part

    def _crossings(self, links: Iterable[tuple[int, int, int]], thing: int) -> int:
        """How many lines cross before a thing and behind it."""
        found = 0
        for place in (0, 1):
            ways = [
                (self._order(a, maker, lower=True), self._order(b, maker, lower=False))
                for a, b, maker in links
                if (a, b)[place] == thing
            ]
            found += sum(
                (one[0] < other[0] and one[1] > other[1])
                or (one[0] > other[0] and one[1] < other[1])
                for one, other in combinations(ways, 2)
            )
        return found

    def _order(self, thing: int, maker: int, *, lower: bool) -> tuple[int, float]:
        """How far right a line ends on a thing, beside other ends in the same row."""
        at = self.found.rows[self.row_of[thing]].index(thing)
        if thing >= len(self.parts):
            return at, 0.0
        return at, self.parts[thing].end(maker, lower=lower)[0]

    def part(self) -> Placed:
        """All of it."""
        nodes: dict[int, Box] = {}
        frames: list[tuple[Enclosure, Box]] = []
        lines: dict[int, list[Stroke]] = defaultdict(list)
        for number, part in enumerate(self.parts):
            corner = self._corner(number)
            nodes |= {n: box.moved(*corner) for n, box in part.layout.nodes.items()}
            frames += [(f, box.moved(*corner)) for f, box in part.layout.frames]
            for maker, strokes in part.layout.lines.items():
                lines[maker] += [stroke.moved(*corner) for stroke in strokes]
        for maker, stroke in self._strokes():
            lines[maker].append(stroke)
        width = max(
            (self.middles[t] + w / 2 for t, w in self.widths.items()), default=0
        )
        height = self.tops[-1] + self.heights[-1] if self.tops else 0.0
        return Placed(
            Layout(width, height, nodes, frames, dict(lines)),
            self._outside([line.maker for line in self.lines if line.start is None], 0),
            self._outside([line.maker for line in self.lines if line.leaves], -1),
        )

    def _strokes(self) -> Iterator[tuple[int, Stroke]]:
        """Lines between things, by their makers: sideways only between two rows."""
        upright: dict[tuple[int, int, bool], None] = {}
        for (maker, row), place in self.found.places.items():
            x, top = self.middles[place], self.tops[row]
            yield maker, Stroke(x, top, x, top + self.heights[row])
        for above, below, maker in self.found.links:
            begin = self._edge(above, maker, lower=True)
            yield maker, Stroke(*begin, *self._edge(below, maker, lower=False))
            upright |= {(above, maker, True): None, (below, maker, False): None}
        for thing, maker, lower in upright:
            if thing < len(self.parts):
                x, edge = self._edge(thing, maker, lower=lower)
                end = (
                    self._corner(thing)[1]
                    + self.parts[thing].end(maker, lower=lower)[1]
                )
                yield maker, Stroke(x, min(edge, end), x, max(edge, end))

    def _middles(self) -> dict[int, float]:
        links = [self._link(*link) for link in self.found.links]
        found = columns(self.found.rows, links, self.widths, ACROSS)
        left = min((found[t] - w / 2 for t, w in self.widths.items()), default=0.0)
        return {thing: middle - left for thing, middle in found.items()}

    def _link(self, above: int, below: int, maker: int) -> Link:
        """A line, as far as it is to be straight."""
        count = len(self.parts)
        ends = {above: True, below: False}
        offsets = [
            self.parts[thing].end(maker, lower=lower)[0] - self.widths[thing] / 2
            if thing < count
            else 0.0
            for thing, lower in ends.items()
        ]
        alone = self.leaving[above] == self.coming[below] == 1
        return Link(above, offsets[0], below, offsets[1], alone)

    def _corner(self, number: int) -> tuple[float, float]:
        """The left upper corner of a part: it stands in the middle of its row."""
        row, inner = self.row_of[number], self.parts[number].layout
        top = self.tops[row] + (self.heights[row] - inner.height) / 2
        return self.middles[number] - inner.width / 2, top

    def _edge(self, thing: int, maker: int, *, lower: bool) -> tuple[float, float]:
        """Where a line crosses an edge of the row that a thing is in."""
        row = self.row_of[thing]
        x = self.middles[thing]
        if thing < len(self.parts):
            x = self._corner(thing)[0] + self.parts[thing].end(maker, lower=lower)[0]
        return x, self.tops[row] + lower * self.heights[row]

    def _outside(self, makers: Iterable[int], row: int) -> dict[int, float]:
        """Where lines from outside come in, in the first row, or leave, in the last."""
        number = row % max(1, len(self.found.rows))
        places = self.found.places
        return {maker: self.middles[places[maker, number]] for maker in makers}
