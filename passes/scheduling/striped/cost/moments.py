"""When something is about places on chip: of many schedules at once, each with places
of its own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..stripes import Ints
from .masks import Cycles

EARLIER, BEFORE, NOW = range(3)
"""The stripe before the last one, the last one, and the one that runs."""

Spot = int | Ints
"""Where the numbers of a place are: a row of the table, if that is the same for all
schedules; or else where in all of it, int64 [schedules].
"""


class Moments:
    """When something is about places on chip, a number for each of a few reasons. Of
    the last two places, that of nothing never has any, and nobody asks for the other.
    """

    def __init__(self, reasons: int, places: int, widths: Sequence[int]):
        self.table = np.zeros((reasons, places + 2, sum(widths)))
        self._rows = self.table.reshape(-1, self.table.shape[-1])
        self._flat, self._widths = self.table.reshape(-1), widths

    def spots(
        self, places: Ints, reason: int = 0, twice: Ints | None = None
    ) -> list[list[Spot]]:
        """Where the numbers of places are, of each step.

        Args:
            places: int64 [steps, some, forms].
            reason: which of a few; the one before where a place is there `twice`.
            twice: 1 where it is, int64 [places, schedules].
        """
        same = (places == places[..., :1]).all(-1).tolist()
        return [
            [
                self._spot(each, alike, reason, twice)
                for each, alike in zip(*step, strict=True)
            ]
            for step in zip(places, same, strict=True)
        ]

    def _spot(self, places: Ints, same: bool, reason: int, twice: Ints | None) -> Spot:
        _, count, schedules = self.table.shape
        if same:
            place = int(places[0] % count)
            least, most = (0, 0) if twice is None else _ends(twice[place])
            if least == most:
                return (reason - least) * count + place
        at, each = np.repeat(places % count, self._widths), np.arange(schedules)
        reasons = reason if twice is None else reason - twice[at, each]
        return (reasons * count + at) * schedules + each

    def get(self, spot: Spot) -> Cycles:
        """What is there, which the table may change."""
        return self._rows[spot] if isinstance(spot, int) else self._flat.take(spot)

    def put(self, spot: Spot, when: Cycles) -> None:
        """Let it be so."""
        (self._rows if isinstance(spot, int) else self._flat)[spot] = when

    def later(self, spot: Spot, when: Cycles) -> None:
        """Let it be so late at least."""
        if isinstance(spot, int):
            np.maximum(self._rows[spot], when, out=self._rows[spot])
        else:
            self._flat[spot] = np.maximum(self._flat.take(spot), when)

    def skip(self, cycles: Cycles) -> None:
        """Go on by so many cycles."""
        self.table[:, :-2] += cycles

    def next_stripe(self) -> None:
        """Let what each reason says be that of the one before it."""
        places = self.table[:, :-2]
        places[:-1] = places[1:]
        places[-1] = 0

    def take_back(self, before: Cycles, which: NDArray[np.bool_]) -> None:
        """Let some schedules have the table that was there before."""
        np.copyto(self.table, before, where=which)


def _ends(numbers: Ints) -> tuple[int, int]:
    """The least and the most of some numbers."""
    return int(numbers.min()), int(numbers.max())
