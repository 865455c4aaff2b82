"""Turns of a striped group: a stripe of some images of a batch, there at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Turn(NamedTuple):
    """An image in a turn.

    number: how many turns there were before.
    stripe: which rows it is about.
    image: of the batch.
    place: of the image among those that are there at once.
    """

    number: int
    stripe: int
    image: int
    place: int = 0


@dataclass(frozen=True)
class Turns:
    """The turns over a batch of `images`, so many `at_once`: all stripes of some, then
    those of the next ones.
    """

    stripes: int
    images: int
    at_once: int

    @property
    def lots(self) -> range:
        """Images that are there at once, by their first one."""
        return range(0, self.images, self.at_once)

    def of(self, image: int, stripe: int) -> Turn:
        """A stripe of the images from `image` on that are there at once."""
        return Turn(image // self.at_once * self.stripes + stripe, stripe, image)

    def each(self, turn: Turn) -> Iterator[Turn]:
        """A turn for each image that is there at once."""
        for place in range(self.at_once):
            yield turn._replace(image=turn.image + place, place=place)
