"""Nothing lies on anything else, frames hold their own, and lines go round nodes."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest

from aipu.runtime.report.graph.layout import layout
from aipu.runtime.report.graph.shapes import (
    Box,
    Enclosure,
    Item,
    Layout,
    Stroke,
    nodes_in,
)

SIZE = 100.0, 30.0
Edges = list[tuple[int, int]]


def graph(seed: int) -> tuple[list[Item], Edges, int]:
    """Nodes in order, that read some before; neighbours in frames, and those again."""
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 40))
    edges: dict[tuple[int, int], None] = {}
    for node in range(1, count):
        near = min(node, int(random.integers(1, 9)))
        for back in random.integers(1, near + 1, int(random.integers(0, 4))).tolist():
            edges[node - back, node] = None
    items: list[Item] = list(range(count))
    for depth in range(2):
        items = framed(items, random, depth)
    return items, list(edges), count


def framed(
    items: Sequence[Item], random: np.random.Generator, depth: int
) -> list[Item]:
    found: list[Item] = []
    at = 0
    while at < len(items):
        size = int(random.integers(1, 6))
        together = items[at : at + size]
        named = Enclosure(f"{depth}.{at}", together)
        found += [named] if len(together) > 1 and random.random() < 0.6 else together
        at += size
    return found


GRAPHS = [graph(seed) for seed in range(60)]


@pytest.fixture(scope="module", params=range(len(GRAPHS)))
def drawn(request: pytest.FixtureRequest) -> tuple[list[Item], Edges, Layout]:
    items, edges, count = GRAPHS[request.param]
    found = layout(items, edges, SIZE)
    assert found.nodes.keys() == set(range(count))
    return items, edges, found


Drawn = tuple[list[Item], Edges, Layout]


def apart(one: Box, other: Box) -> bool:
    return (
        one.left + one.width <= other.left + 1e-6
        or other.left + other.width <= one.left + 1e-6
        or one.top + one.height <= other.top + 1e-6
        or other.top + other.height <= one.top + 1e-6
    )


def within(inner: Box, outer: Box) -> bool:
    return (
        outer.left < inner.left
        and inner.left + inner.width < outer.left + outer.width
        and outer.top < inner.top
        and inner.top + inner.height < outer.top + outer.height
    )


def test_no_two_nodes_overlap(drawn: Drawn) -> None:
    _, _, found = drawn
    assert all(apart(*two) for two in combinations(found.nodes.values(), 2))
    whole = Box(-1, -1, found.width + 2, found.height + 2)
    assert all(within(box, whole) for box in found.nodes.values())
    assert {(box.width, box.height) for box in found.nodes.values()} == {SIZE}


def test_frames_hold_their_own_and_nothing_else(drawn: Drawn) -> None:
    _, _, found = drawn
    for frame, box in found.frames:
        inside = set(nodes_in([frame]))
        for node, place in found.nodes.items():
            assert within(place, box) if node in inside else apart(place, box)


def test_every_frame_is_drawn_once_the_outer_ones_first(drawn: Drawn) -> None:
    items, _, found = drawn
    assert [frame for frame, _ in found.frames] == list(all_frames(items))


def all_frames(items: Sequence[Item]) -> Iterator[Enclosure]:
    for item in items:
        if isinstance(item, Enclosure):
            yield item
            yield from all_frames(item.items)


def test_who_reads_stands_below(drawn: Drawn) -> None:
    _, edges, found = drawn
    for maker, reader in edges:
        above, below = found.nodes[maker], found.nodes[reader]
        assert above.top + above.height < below.top


def test_lines_go_from_the_maker_to_every_reader(drawn: Drawn) -> None:
    _, edges, found = drawn
    assert found.lines.keys() == {maker for maker, _ in edges}
    for maker, strokes in found.lines.items():
        box = found.nodes[maker]
        reached = reachable(strokes, (box.left + box.width / 2, box.top + box.height))
        for reader in (reader for other, reader in edges if other == maker):
            place = found.nodes[reader]
            assert rounded(place.left + place.width / 2, place.top) in reached


def reachable(
    strokes: Sequence[Stroke], start: tuple[float, float]
) -> set[tuple[float, float]]:
    """The ends of lines that a way down leads to."""
    reached = {rounded(*start)}
    for stroke in sorted(strokes, key=lambda each: (each.top, each.bottom)):
        assert stroke.top <= stroke.bottom + 1e-6
        if rounded(stroke.left, stroke.top) in reached:
            reached.add(rounded(stroke.right, stroke.bottom))
    return reached


def rounded(x: float, y: float) -> tuple[float, float]:
    return round(x, 3), round(y, 3)


def test_no_line_runs_through_a_node(drawn: Drawn) -> None:
    _, _, found = drawn
    for strokes in found.lines.values():
        for x, y in (point for stroke in strokes for point in points(stroke)):
            for box in found.nodes.values():
                inside = box.left < x < box.left + box.width
                assert not (inside and box.top + 0.1 < y < box.top + box.height - 0.1)


def points(stroke: Stroke) -> Iterator[tuple[float, float]]:
    """Points of a cubic Bézier curve that begins and ends upright."""
    for t in np.linspace(0, 1, 9).tolist():
        across = 3 * t * t - 2 * t * t * t
        middle = (stroke.top + stroke.bottom) / 2
        down = (
            (1 - t) ** 3 * stroke.top + 3 * t * (1 - t) * middle + t**3 * stroke.bottom
        )
        yield stroke.left + across * (stroke.right - stroke.left), down


def test_a_chain_is_straight() -> None:
    count = 12
    edges = list(pairwise(range(count)))
    items: list[Item] = [
        0,
        1,
        Enclosure("a", [2, 3, Enclosure("b", [4, 5])]),
        *range(6, count),
    ]
    found = layout(items, edges, SIZE)
    middles = [box.left + box.width / 2 for box in found.nodes.values()]
    assert max(middles) - min(middles) < 0.01


@pytest.mark.parametrize("inner", [[(2, 3), (0, 4)], [(0, 3), (2, 4)]])
def test_lines_do_not_cross_before_a_frame(inner: Edges) -> None:
    """A block whose last two operators are in a frame, and a line past the first."""
    edges = [(0, 1), (1, 2), (3, 4), *inner]
    found = layout([0, 1, 2, Enclosure("end", [3, 4])], edges, SIZE)
    ((_, box),) = found.frames
    strokes = [each for drawn in found.lines.values() for each in drawn]
    coming = sorted(
        (each.left, each.right)
        for each in strokes
        if each.bottom == pytest.approx(box.top) and each.top < each.bottom
    )
    (left, right) = (end for _, end in coming)
    assert left < right


def test_it_is_the_same_again() -> None:
    items, edges, _ = GRAPHS[7]
    assert layout(items, edges, SIZE) == layout(items, edges, SIZE)


def test_nothing_is_no_error() -> None:
    found = layout([], [], SIZE)
    assert (found.nodes, found.frames, found.lines) == ({}, [], {})
