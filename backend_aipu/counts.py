"""Whole numbers, one or an int64 array of them: the same arithmetic, exact in both.

A cost model asks for the cycles of one tile or of ten thousand candidates at once.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Count = TypeVar("Count", int, NDArray[np.int64])


def ceil_divide(dividend: Count, divisor: int) -> Count:
    """`dividend / divisor`, rounded up."""
    return -(-dividend // divisor)


def product(factors: Sequence[Count]) -> Count:
    """The product of one or more."""
    result, *others = factors
    for factor in others:
        result = result * factor
    return result


def greater(one: Count, other: Count) -> Count:
    """The greater of two."""
    if isinstance(one, np.ndarray):
        return np.maximum(one, other)
    return max(one, other)


def lesser(one: Count, other: Count) -> Count:
    """The lesser of two."""
    if isinstance(one, np.ndarray):
        return np.minimum(one, other)
    return min(one, other)


def unless(condition: bool | NDArray[np.bool_], count: Count) -> Count:
    """`count`, but 0 where a condition holds."""
    if isinstance(count, np.ndarray):
        return np.where(condition, 0, count)
    return 0 if condition else count


def shortfall(count: Count, least: int) -> Count:
    """How much `count` lacks to be `least`: `max(least - count, 0)`."""
    if isinstance(count, np.ndarray):
        return np.maximum(least - count, 0)
    return max(least - count, 0)
