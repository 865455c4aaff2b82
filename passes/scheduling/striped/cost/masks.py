"""Where something holds among schedules. Most of what a form decides holds for all of
its schedules, or for none; then nothing has to be chosen one by one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Cycles = NDArray[np.float64]
"""Whole numbers of cycles, or of what takes them. Below 2^53 float64 adds, compares and
divides them as exactly as int64, and divides several times faster.
"""


class Mask(NamedTuple):
    """Where something holds, bool [schedules]; whether anywhere, and everywhere."""

    holds: NDArray[np.bool_]
    ever: bool
    always: bool

    def pick(self, one: Cycles, other: Cycles) -> Cycles:
        """One where it holds, the other where it does not."""
        if self.always:
            return one
        return np.where(self.holds, one, other) if self.ever else other

    def only(self, one: Cycles) -> Cycles:
        """That where it holds, or else nothing."""
        if self.always:
            return one
        return one * self.holds if self.ever else np.zeros_like(one)


def mask(holds: NDArray[np.bool_]) -> Mask:
    """Where something holds, bool [schedules]."""
    count = int(np.count_nonzero(holds))
    return Mask(holds, ever=count > 0, always=count == len(holds))


def masks(holds: NDArray[np.bool_]) -> list[Mask]:
    """The same of several things, bool [several, schedules]."""
    return [*map(mask, holds)]


def whole(total: Cycles, parts: Cycles) -> Cycles:
    """A part of something, rounded down. Exact if what is divided is below 2^53: the
    quotient lacks `1 / parts` at least of a whole number that it does not reach, and is
    rounded by less than that.
    """
    return np.floor(total / parts)
