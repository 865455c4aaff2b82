"""Multipliers that round every accumulator as the model's own runtime does.

A model that others have quantised states its scales as reals. In a deep network a
single result that is off by one changes most results some layers later, so it is not
enough to be close to the ratio of the scales: it must round as the exact ratio does, or
as float32 does, for models of a runtime that computes in float32.
"""

import numpy as np
from numpy.typing import NDArray

from ....dialects.nn.attributes import FINE_BITS, LARGEST_FINE_SHIFT
from ....dialects.semantics.requantise import (
    EXACT_BITS,
    GREATEST_SINGLE,
    LEAST_SINGLE,
    decompose,
)

LEVELS = 256


def fine_multipliers(
    ratio: NDArray[np.float64], reach: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Multiplier and shift of each channel.

    Args:
        ratio: of accumulator step to ofm step, [M].
        reach: the largest accumulator, [M]; its product stays within a float64.
    """
    bits = np.minimum(EXACT_BITS - np.ceil(np.log2(reach + 1.0)), FINE_BITS)
    largest = np.exp2(bits).astype(np.int64) - 1
    return decompose(middle_ratio(ratio), largest, LARGEST_FINE_SHIFT)


def single_multipliers(
    ifm: float, weight: NDArray[np.float64], ofm: float
) -> NDArray[np.float32]:
    """`ifm * weight / ofm` for scales of float32, each step rounded to float32.

    Source: XNNPACK, which TFLite's runtime hands its layers to.

    Args:
        ifm: scale of the ifm.
        weight: of each channel, [M].
        ofm: scale of the ofm.
    """
    ratio = np.float32(ifm) * weight.astype(np.float32) / np.float32(ofm)
    return np.clip(ratio, LEAST_SINGLE, GREATEST_SINGLE).astype(np.float32)


def middle_ratio(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle of all ratios that round every integer to what `ratio` rounds it to.

    Results turn from n - 1 to n where an integer T first has T * ratio >= n - 1/2. All
    ratios from (n - 1/2) / T up to (n - 1/2) / (T - 1) agree on that one; those that
    agree on all lie between the greatest of the first and the least of the second.
    """
    halves = np.arange(LEVELS)[:, np.newaxis] + 0.5
    turns = np.ceil(halves / ratio)
    lowest = (halves / turns).max(axis=0)
    with np.errstate(divide="ignore"):
        highest = (halves / (turns - 1)).min(axis=0)
    return np.where(np.isfinite(highest), (lowest + highest) / 2, ratio)
