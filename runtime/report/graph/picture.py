"""A graph as a page shows it: shapes, colours to choose from, what a click tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .colours import Colouring
from .layout import layout
from .shapes import Box, Item, Stroke

SIZE = 158.0, 36.0
"""Pixels of a node."""

LETTERS = 23
"""So many letters of a name have room in it."""


class Told(NamedTuple):
    """What is said of a node.

    name, kind: its name, and what it does: the two lines in its box.
    marks: what it is besides, for the page's style.
    facts: figures and other words, each with what it is of.
    texts: longer ones, with their titles.
    """

    name: str
    kind: str
    marks: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    texts: Sequence[tuple[str, str]] = ()

    @property
    def short(self) -> str:
        """The name, without its middle where there is no room for all of it."""
        if len(self.name) <= LETTERS:
            return self.name
        return f"{self.name[: LETTERS // 2 - 1]}…{self.name[-(LETTERS // 2) :]}"


class Spot(NamedTuple):
    """A node, where it is, and its colours by the keys of what they stand for."""

    number: int
    box: Box
    told: Told
    colours: Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """All that is drawn.

    key: what tells it from other pictures of a page.
    frames: names and boxes, the outer ones first.
    lines: as the `d` of SVG paths, one for each node that others read.
    """

    key: str
    width: float
    height: float
    spots: Sequence[Spot]
    frames: Sequence[tuple[str, Box]]
    lines: Sequence[str]
    colourings: Sequence[Colouring]


def picture_of(
    key: str,
    told: Sequence[Told],
    items: Sequence[Item],
    edges: Sequence[tuple[int, int]],
    colourings: Sequence[Colouring],
) -> Picture:
    """The picture of a graph.

    Args:
        key: what tells it from other pictures of a page.
        told: of all nodes, in the order of their numbers.
        items: nodes, and the frames around them.
        edges: who makes something, and who gets it.
        colourings: what colours can stand for; the first is shown at the beginning.
    """
    found = layout(items, edges, SIZE)
    return Picture(
        key,
        found.width,
        found.height,
        [
            Spot(
                number,
                found.nodes[number],
                each,
                {c.key: c.colours[number] for c in colourings if number in c.colours},
            )
            for number, each in enumerate(told)
        ],
        [(frame.name, box) for frame, box in found.frames],
        [_path(strokes) for strokes in found.lines.values()],
        colourings,
    )


def _path(strokes: Sequence[Stroke]) -> str:
    """Curves that begin and end upright, and straight lines between them."""
    return "".join(_curve(each) for each in strokes if each.bottom > each.top)


def _curve(stroke: Stroke) -> str:
    left, top, right, bottom = (f"{number:.1f}" for number in stroke)
    if left == right:
        return f"M{left} {top}V{bottom}"
    middle = f"{(stroke.top + stroke.bottom) / 2:.1f}"
    return f"M{left} {top}C{left} {middle} {right} {middle} {right} {bottom}"
