"""A node or a frame with all that is in it: laid out, and where lines come and go."""

from collections.abc import Mapping
from dataclasses import dataclass

from .shapes import Box, Enclosure, Layout, Stroke

PADDING, HEADING = 10.0, 20.0
"""Pixels between a frame and what is in it, and above that for its name."""


@dataclass(frozen=True)
class Placed:
    """An item laid out: and where lines come in and go out, if not in its middle."""

    layout: Layout
    entries: Mapping[int, float]
    exits: Mapping[int, float]

    def end(self, maker: int, *, lower: bool) -> tuple[float, float]:
        """Where a line leaves it, at its lower side, or comes to it."""
        ends = self.exits if lower else self.entries
        return (
            ends.get(maker, self.layout.width / 2),
            self.layout.height if lower else 0.0,
        )


def single(node: int, size: tuple[float, float]) -> Placed:
    """A node of a width and height."""
    return Placed(Layout(*size, {node: Box(0, 0, *size)}, [], {}), {}, {})


def framed(frame: Enclosure, part: Placed) -> Placed:
    """What is in a frame, moved to its place, with lines that reach its border."""
    inner, x, y = part.layout, PADDING, HEADING
    width, height = inner.width + 2 * PADDING, inner.height + HEADING + PADDING
    lines = {
        maker: [stroke.moved(x, y) for stroke in strokes]
        for maker, strokes in inner.lines.items()
    }
    entries = {maker: at + x for maker, at in part.entries.items()}
    exits = {maker: at + x for maker, at in part.exits.items()}
    for maker, at in entries.items():
        lines[maker].append(Stroke(at, 0, at, y))
    for maker, at in exits.items():
        lines[maker].append(Stroke(at, height - PADDING, at, height))
    nodes = {node: box.moved(x, y) for node, box in inner.nodes.items()}
    frames = [(other, box.moved(x, y)) for other, box in inner.frames]
    around = (frame, Box(0, 0, width, height))
    return Placed(
        Layout(width, height, nodes, [around, *frames], lines), entries, exits
    )


def mirrored(part: Placed) -> Placed:
    """The same with left and right exchanged."""
    found, width = part.layout, part.layout.width
    return Placed(
        Layout(
            width,
            found.height,
            {node: _turned(box, width) for node, box in found.nodes.items()},
            [(frame, _turned(box, width)) for frame, box in found.frames],
            {
                maker: [
                    Stroke(width - s.left, s.top, width - s.right, s.bottom)
                    for s in strokes
                ]
                for maker, strokes in found.lines.items()
            },
        ),
        {maker: width - at for maker, at in part.entries.items()},
        {maker: width - at for maker, at in part.exits.items()},
    )


def _turned(box: Box, width: float) -> Box:
    return box._replace(left=width - box.left - box.width)
