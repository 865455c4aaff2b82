"""The multipliers and shifts that take results from one scale to another."""

from collections.abc import Sequence

import numpy as np

from ...dialects.nn import Rescale, RescaleAttr
from ...dialects.semantics.requantise import decompose

EQUAL_SIDE = 1 << 14
"""The multiplier of the coarser side of a sum: a power of two, so without error."""


CANDIDATES = 16
INTEGERS = np.arange(-255.0, 256.0)[np.newaxis]
"""What int8 can be less a zero point."""


def rescale(ratio: float) -> RescaleAttr:
    """`x * ratio`."""
    multiplier, shift = decompose(ratio)
    return RescaleAttr(Rescale((int(multiplier),), int(shift)))


def sum_rescale(lhs: float, rhs: float, ofm: float) -> RescaleAttr:
    """`(x * lhs + y * rhs) / ofm`, for scales: the coarser side sets the common one."""
    coarser = max(lhs, rhs)
    left, right = (round(EQUAL_SIDE * side / coarser) for side in (lhs, rhs))
    multiplier, shift = decompose(coarser / EQUAL_SIDE / ofm)
    return RescaleAttr(Rescale((int(multiplier), left, right), int(shift)))


def fine_sum_rescale(lhs: float, rhs: float, ofm: float) -> RescaleAttr:
    """As `sum_rescale`, by the multipliers that round the most sums right.

    For networks that others have quantised: of 16384 multipliers of the coarser side,
    the best bring both to within about 2 ** -20 of what they should be, and some of
    those round the sums of all integers as the exact scales do.
    """
    coarser, finer = max(lhs, rhs) / ofm, min(lhs, rhs) / ofm
    first = np.arange(EQUAL_SIDE, 2 * EQUAL_SIDE)
    outer, shift = decompose(coarser / first)
    step = np.ldexp(outer.astype(np.float64), -shift)
    second = np.rint(finer / step)
    errors = np.abs(first * step - coarser) + np.abs(second * step - finer)
    best = errors.argsort(kind="stable")[:CANDIDATES]
    exact = np.rint(INTEGERS * coarser + INTEGERS.T * finer)
    sums = (INTEGERS * first[at] + INTEGERS.T * second[at] for at in best)
    wrong = [
        np.count_nonzero((np.rint(each * step[at]) != exact) & (np.abs(exact) < 256))
        for at, each in zip(best, sums, strict=True)
    ]
    chosen = best[int(np.argmin(wrong))]
    sides = (int(first[chosen]), int(second[chosen]))
    left, right = sides if lhs >= rhs else sides[::-1]
    return RescaleAttr(Rescale((int(outer[chosen]), left, right), int(shift[chosen])))


def mean_rescale(ratio: float, window: int, counts: Sequence[int]) -> RescaleAttr:
    """`sum * ratio / count` for each count up to `window`.

    `counts` are those that occur; the least of them has the largest multiplier, which
    sets the shift for all. The others are never read, and 0.
    """
    if len(counts) == 1:
        return rescale(ratio / counts[0])
    _, shift = decompose(ratio / min(counts))
    multipliers = (
        round(ratio / count * 2 ** int(shift)) if count in counts else 0
        for count in range(1, window + 1)
    )
    return RescaleAttr(Rescale(tuple(multipliers), int(shift)))
