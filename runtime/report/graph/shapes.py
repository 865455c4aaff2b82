"""What a layout is asked for, and what it answers: nodes in frames, boxes and lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Enclosure:
    """Nodes, by their numbers, and other frames that a line is drawn around."""

    name: str
    items: Sequence["Item"]


Item = int | Enclosure


def nodes_in(items: Sequence[Item]) -> Iterator[int]:
    """All nodes, those in frames too."""
    for item in items:
        if isinstance(item, Enclosure):
            yield from nodes_in(item.items)
        else:
            yield item


class Box(NamedTuple):
    """A rectangle in pixels: its left upper corner, and how large it is."""

    left: float
    top: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> "Box":
        """The same, further to the right and down."""
        return self._replace(left=self.left + x, top=self.top + y)


class Stroke(NamedTuple):
    """A piece of a line, downwards: it begins and ends upright."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, x: float, y: float) -> "Stroke":
        """The same, further to the right and down."""
        left, top, right, bottom = self
        return Stroke(left + x, top + y, right + x, bottom + y)


@dataclass(frozen=True)
class Layout:
    """Where all things are.

    frames: the outer ones first.
    lines: by the node that makes what its readers get.
    """

    width: float
    height: float
    nodes: Mapping[int, Box]
    frames: Sequence[tuple[Enclosure, Box]]
    lines: Mapping[int, Sequence[Stroke]]
