"""Multipliers that round as a model's own runtime does, by trying all integers.

A model that others have quantised has its scales, and a runtime that computes with
them. Which real ratio a multiplier is nearest to is not what counts: it is how many of
all integers that can occur come out as they do there. There are few enough to try all.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.nn.attributes import FINE_BITS, LARGEST_FINE_SHIFT
from ....dialects.quant import UniformType
from ....dialects.semantics.requantise import LARGEST_MULTIPLIER, decompose
from .rescales import EQUAL_SIDE, rescale

CANDIDATES = 256
"""How many multipliers are tried for a sum; mostly the first few have no fault."""

SUM_BITS = 21
"""Of the larger multiplier of a sum, in XNNPACK."""

FACTOR_PARTS = 256
"""Of which XNNPACK's factor from one scale to another is a whole number."""

SOONEST = 1e-3
"""In place of a sum of 0, so that what turns at 1 may have almost any ratio."""

LARGEST_FINE = (1 << FINE_BITS) - 1


def exact_sum(
    lhs: UniformType, rhs: UniformType, ofm: UniformType, sign: int
) -> RescaleAttr:
    """`lhs + sign * rhs` as the exact scales round it, half to even."""
    left, right = lhs.scale / ofm.scale, rhs.scale / ofm.scale
    x, y = centred_integers(lhs)[:, np.newaxis], sign * centred_integers(rhs)
    return best_sum(left, right, x, y, np.rint(x * left + y * right), ofm)


def tflite_sum(
    lhs: UniformType, rhs: UniformType, ofm: UniformType, sign: int
) -> RescaleAttr:
    """`lhs + sign * rhs` as TFLite's runtime rounds it, half up.

    Source: XNNPACK's `qs8-vadd`: both sides times whole multiples of one power of two,
    so that the larger one has 21 bits.
    """
    sides = np.array([lhs.scale, rhs.scale], np.float32) / np.float32(ofm.scale)
    _, exponent = np.frexp(sides.max())
    shift = SUM_BITS - int(exponent)
    left, right = np.rint(np.ldexp(sides.astype(np.float64), shift)).tolist()
    x, y = centred_integers(lhs)[:, np.newaxis], sign * centred_integers(rhs)
    wanted = np.floor(np.ldexp(x * left + y * right, -shift) + 0.5)
    step = 2.0**-shift
    return best_sum(left * step, right * step, x, y, wanted, ofm)


def tflite_rescale(ifm: UniformType, ofm: UniformType) -> RescaleAttr:
    """From one type to another as TFLite's runtime rounds it, half up.

    Source: XNNPACK's `qs8-vcvt`: times a whole number of 256th. The machine's more bits
    say which way its ties go.
    """
    ratio = np.float32(ifm.scale) / np.float32(ofm.scale)
    parts = int(
        np.clip(np.rint(np.float32(FACTOR_PARTS) * ratio), 1, LARGEST_MULTIPLIER)
    )
    x = centred_integers(ifm)
    low, high = (limit - ofm.zero_point for limit in ofm.limits)
    wanted = np.clip(np.floor(x * parts / FACTOR_PARTS + 0.5), low, high)
    (nearest,), shift = rescale(parts / FACTOR_PARTS).data

    def wrong(multiplier: int) -> int:
        found = np.rint(np.ldexp(x * multiplier, -shift))
        return int(np.count_nonzero(np.clip(found, low, high) != wanted))

    around = (nearest, min(nearest + 1, LARGEST_MULTIPLIER), nearest - 1)
    return RescaleAttr(Rescale((min(around, key=wrong),), shift))


def centred_integers(element: UniformType) -> NDArray[np.float64]:
    """All integers of a type less its zero point."""
    low, high = element.limits
    return np.arange(low, high + 1.0) - element.zero_point


def best_sum(
    left: float,
    right: float,
    x: np.ndarray,
    y: np.ndarray,
    wanted: np.ndarray,
    ofm: UniformType,
) -> RescaleAttr:
    """The rescale for which the fewest `x * left + y * right` are not as wanted.

    Of 16384 multipliers of the coarser side, the best bring both sides to within about
    2 ** -20 of what they should be; those are tried one after another.

    Args:
        left, right: the ratios that the multipliers should be near to.
        x, y: all integers of the two sides, of shapes that broadcast.
        wanted: what each sum should become, before zero point and saturation.
        ofm: what it becomes an integer of.
    """
    coarser, finer = max(left, right), min(left, right)
    first = np.arange(EQUAL_SIDE, 2 * EQUAL_SIDE)
    outer, shift = decompose(coarser / first)
    step = np.ldexp(outer.astype(np.float64), -shift)
    second = np.rint(finer / step)
    errors = np.abs(first * step - coarser) + np.abs(second * step - finer)
    low, high = (limit - ofm.zero_point for limit in ofm.limits)
    saturated = np.clip(wanted, low, high)

    def candidate(at: int) -> Rescale:
        sides = (int(first[at]), int(second[at]))
        of_x, of_y = sides if left >= right else sides[::-1]
        return Rescale((int(outer[at]), of_x, of_y), int(shift[at]))

    least, best = wanted.size + 1, Rescale((), 0)
    for at in errors.argsort(kind="stable")[:CANDIDATES].tolist():
        tried = candidate(at)
        _, of_x, of_y = tried.multipliers
        found = np.rint((x * of_x + y * of_y) * step[at])
        wrong = np.count_nonzero(np.clip(found, low, high) != saturated)
        if wrong < least:
            least, best = wrong, tried
        if not wrong:
            break
    return RescaleAttr(best)


def tflite_mean(
    ifm: UniformType,
    ofm: UniformType,
    window: int,
    counts: Sequence[int],
    around: int | None,
) -> RescaleAttr:
    """The multiplier of each count up to `window`, those that occur, for all sums.

    Args:
        ifm, ofm: the types.
        window: the largest count.
        counts: those that occur.
        around: what integers are counted from, where ties go away from it.
    """
    ratios = {
        count: mean_in_single(ifm, ofm, count)
        if around is None
        else np.nextafter(1 / count, 1)
        for count in counts
    }
    _, places = decompose(max(ratios.values()), LARGEST_FINE, LARGEST_FINE_SHIFT)
    round_ = np.rint if around is None else np.ceil
    shift = int(places)
    multipliers = {
        count: min(int(round_(np.ldexp(ratio, shift))), LARGEST_FINE)
        for count, ratio in ratios.items()
    }
    if len(counts) == 1:
        return RescaleAttr(Rescale(tuple(multipliers.values()), shift))
    each = (multipliers.get(count, 0) for count in range(1, window + 1))
    return RescaleAttr(Rescale(tuple(each), shift))


def mean_in_single(ifm: UniformType, ofm: UniformType, count: int) -> float:
    """A ratio that rounds sums of `count` integers as that of float32 does.

    Source: XNNPACK's `qs8-rsum`. Results turn from n - 1 to n at a sum T; all ratios
    from (n - 1/2) / T up to (n - 1/2) / (T - 1) do so. The one taken lies in as many of
    these ranges as any: in all of them, unless there are too many sums.
    """
    ratio = np.float32(ifm.scale) / (np.float32(ofm.scale) * np.float32(count))
    reach = np.abs(centred_integers(ifm)).max() * count
    sums = np.arange(reach + 1)
    results = np.rint(sums.astype(np.float32) * ratio)
    halves = np.arange(1, min(results[-1], 256) + 1) - 0.5
    turns = np.searchsorted(results, halves)
    lowest, highest = halves / turns, halves / np.maximum(turns - 1, SOONEST)
    ends = np.unique([lowest, highest])
    middles = (ends[:-1] + ends[1:]) / 2
    within = np.searchsorted(np.sort(lowest), middles)
    within -= np.searchsorted(np.sort(highest), middles)
    return float(middles[within.argmax()]) if len(middles) else float(ratio)
