"""Whole numbers, one or an int64 array of them: the same arithmetic, exact in both.

A cost model asks for the cycles of one tile or of ten thousand candidates at once.
Among arrays an int stands for as many of it.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Count = TypeVar("Count", int, Ints)
Condition = bool | NDArray[np.bool_]


class UndecidedError(Exception):
    """A condition holds for some numbers and not for others: bool array `holds`.

    What comes next is more than arithmetic, so these are to be worked out apart.
    """

    def __init__(self, holds: NDArray[np.bool_]):
        super().__init__()
        self.holds = holds


def decided(condition: Condition) -> bool:
    """Whether a condition holds, for all numbers alike.

    Raises:
        UndecidedError: it does for some of them only.
    """
    if not isinstance(condition, bool) and ever(condition) and not condition.all():
        raise UndecidedError(condition)
    return ever(condition)


def ever(condition: Condition) -> bool:
    """Whether a condition holds for some of the numbers."""
    return condition if isinstance(condition, bool) else bool(condition.any())


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


def limited(count: Count | int, most: Count | int) -> Count | int:
    """`count`, but no more than `most`."""
    if isinstance(count, np.ndarray):
        return np.minimum(count, most)
    if isinstance(most, np.ndarray):
        return np.minimum(count, most)
    return min(count, most)


def picked(counts: Sequence[Count | int], which: Count | int) -> Count | int:
    """One of several, `counts[which]`."""
    if isinstance(which, np.ndarray):
        return np.choose(which, counts)
    return counts[which]


def stretched(count: Count, factor: float | NDArray[np.float64]) -> Count:
    """`count * factor`, rounded down."""
    if isinstance(count, np.ndarray):
        return (count * factor).astype(np.int64)
    return int(count * factor)


def either(condition: Condition, one: Count, other: Count) -> Count:
    """One count where a condition holds, the other where it does not."""
    if isinstance(one, np.ndarray):
        return np.where(condition, one, other)
    return one if condition else other


def unless(condition: Condition, count: Count) -> Count:
    """`count`, but 0 where a condition holds."""
    if isinstance(count, np.ndarray):
        return np.where(condition, 0, count)
    return 0 if condition else count


def shortfall(count: Count, least: int) -> Count:
    """How much `count` lacks to be `least`: `max(least - count, 0)`."""
    if isinstance(count, np.ndarray):
        return np.maximum(least - count, 0)
    return max(least - count, 0)
