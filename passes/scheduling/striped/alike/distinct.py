"""What many have in common, found once: the numbers that differ among many."""

from typing import NamedTuple

import numpy as np

from ..stripes import Ints

SPARSE = 16
"""If there may be as many times more numbers than there are, sorting finds sooner which
there are.
"""


class Distinct(NamedTuple):
    """The numbers that differ among many.

    keys: these, each greater than the one before, int64 [different].
    one: of each a place where it stands, int64 [different].
    at: of all places which of them stands there, int64 [many].
    """

    keys: Ints
    one: Ints
    at: Ints


def distinct(many: Ints, bound: int) -> Distinct:
    """Those among many that are at least 0 and less than `bound`, int64 [many]."""
    if bound > SPARSE * len(many):
        return Distinct(*np.unique(many, return_index=True, return_inverse=True))
    is_there = np.zeros(bound, bool)
    is_there[many] = True
    (keys,) = is_there.nonzero()
    numbers = np.zeros(bound, np.int64)
    numbers[keys] = np.arange(len(keys))
    at = numbers[many]
    one = np.zeros_like(keys)
    one[at] = np.arange(len(many))
    return Distinct(keys, one, at)
