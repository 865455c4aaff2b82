"""The multipliers and shifts that take results from one scale to another."""

from collections.abc import Sequence

from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.semantics.requantise import decompose

EQUAL_SIDE = 1 << 14
"""The multiplier of the coarser side of a sum: a power of two, so without error."""


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
