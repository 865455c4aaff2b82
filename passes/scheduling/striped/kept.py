"""Maps that stay on chip between groups, with the padding that their readers want."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from ...machine_forms.stage import Kind, Map
from .operator import Operator

KEPT = "kept"
"""How places of maps that stay on chip are called."""


@dataclass(frozen=True)
class Kept:
    """A map on chip: [images, rows, columns, channels], each image with padding on its
    four sides.
    """

    map: Map
    above: int = 0
    below: int = 0
    left: int = 0
    right: int = 0

    @property
    def height(self) -> int:
        """Rows, those of padding among them."""
        return self.above + self.map[1] + self.below

    @property
    def width(self) -> int:
        """Columns, those of padding among them."""
        return self.left + self.map[2] + self.right

    @cached_property
    def bytes(self) -> int:
        return prod((self.map[0], self.height, self.width, self.map[3]))

    @property
    def is_padded(self) -> bool:
        """Whether anything lies around its images."""
        return self.bytes > prod(self.map)

    def inside(self, data: np.ndarray) -> np.ndarray:
        """The bytes of the map among all that lie on chip, int8 [bytes]."""
        images, rows, columns, channels = self.map
        whole = data.reshape(images, self.height, self.width, channels)
        down, across = (
            slice(self.above, self.above + rows),
            slice(self.left, self.left + columns),
        )
        part = whole[:, down, across]
        return np.ascontiguousarray(part).ravel()


def kept(map_: Map, readers: Iterable[Operator]) -> Kept | None:
    """A map on chip for all that read it; None if their padding is not one number.

    What multiplies pads with the zero point, a pool with a value of its own.
    """
    readers = [*readers]
    padding = [(reader.top, reader.bottom, *reader.sides) for reader in readers]
    if any(
        reader.stage.kind is Kind.POOL and any(sides)
        for reader, sides in zip(readers, padding, strict=True)
    ):
        return None
    return Kept(
        map_, *(max(0, *sides) for sides in zip((0,) * 4, *padding, strict=True))
    )
