"""Functions of one int8 as TFLite's runtime computes them: tables of all 256 results.

It computes them in integers of 8, 16 or 31 bits, and not by rounding what reals give.
What its fast kernels (XNNPACK) take they round half up, in 256th; the rest its own
kernels round twice, once behind a product of 31 bits and once behind a shift. Found by
running it on all integers of many scales. One kind of integers to another of another
scale (uint8 to int8) is rounded differently there; here all are signed.
"""

from math import isinf

import numpy as np
from numpy.typing import NDArray

from ....dialects import nn
from ....dialects.quant import UniformType
from ...machine_forms.tables import ALL_INT8
from .pinned_rescales import FACTOR_PARTS

Integers = NDArray[np.int64]

FAST = (1 / FACTOR_PARTS, 128.0)
"""Ratios of scales that the fast kernels take."""

BITS = 31
"""Of a multiplier, the sign not counted."""

HIGH, HIGH_BITS = 7, 15
"""HARD_SWISH shifts integers that far up, and works with so many bits."""

REACH = 3.0
"""Where HARD_SWISH is x: `x * (x + 3) / 6` between -3 and 3."""


def tflite_table(
    op: nn.Operator, ifm: UniformType, ofm: UniformType
) -> NDArray[np.int8] | None:
    """`table[i + 128]` of an operator; None where TFLite has it round reals."""
    x = ALL_INT8.astype(np.int64) - ifm.zero_point
    match op:
        case nn.ClampOp() if all(map(isinf, op.bounds.data)):
            y = quantise(x, ifm, ofm)
        case nn.ClampOp():
            y = twice_rounded(x, float(ratio(ifm, ofm)))
            low, high = (limit_of(bound, ofm) for bound in op.bounds.data)
            y = np.clip(y, low, high)
        case nn.LeakyReluOp():
            y = leaky_relu(x, ifm, ofm, op.alpha.value.data)
        case nn.AbsOp():
            y = twice_rounded(np.abs(x), float(ratio(ifm, ofm)))
        case nn.HardSwishOp():
            y = hard_swish(x, ifm, ofm)
        case nn.EluOp():
            y = np.rint(elu(reals(x, ifm)) * np.float32(1 / np.float32(ofm.scale)))
        case nn.SqrtOp():
            y = np.floor(np.sqrt(reals(x, ifm).clip(min=0)) / np.float32(ofm.scale))
        case _:
            return None
    return np.clip(y + ofm.zero_point, *ofm.limits).astype(np.int8)


def ratio(ifm: UniformType, ofm: UniformType) -> np.float32:
    """One scale over another, in float32."""
    return np.float32(ifm.scale) / np.float32(ofm.scale)


def reals(x: Integers, ifm: UniformType) -> NDArray[np.float32]:
    """What integers stand for."""
    return x.astype(np.float32) * np.float32(ifm.scale)


def elu(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(x < 0, np.expm1(np.minimum(x, 0)), x)


def limit_of(bound: float, ofm: UniformType) -> float:
    """A bound in steps."""
    return bound if isinf(bound) else float(np.rint(np.float32(bound / ofm.scale)))


def quantise(x: Integers, ifm: UniformType, ofm: UniformType) -> Integers:
    """From one scale to another."""
    factor = ratio(ifm, ofm)
    if FAST[0] <= factor <= FAST[1]:
        return in_parts(x, factor)
    exact = float(np.float32(ifm.scale)) / float(np.float32(ofm.scale))
    return twice_rounded(x, exact, away=False)


def leaky_relu(
    x: Integers, ifm: UniformType, ofm: UniformType, alpha: float
) -> Integers:
    positive = ratio(ifm, ofm)
    negative = positive * np.float32(alpha)
    if all(FAST[0] <= factor <= FAST[1] for factor in (positive, negative)):
        return np.where(x < 0, in_parts(x, negative), in_parts(x, positive))
    steep = np.float32(ifm.scale) * np.float32(alpha) / np.float32(ofm.scale)
    below = twice_rounded(x, float(steep))
    return np.where(x < 0, below, twice_rounded(x, float(positive)))


def in_parts(x: Integers, factor: np.float32) -> Integers:
    """Times a whole number of 256th, half up."""
    return (
        x * int(np.rint(np.float32(FACTOR_PARTS) * factor)) + FACTOR_PARTS // 2
    ) // FACTOR_PARTS


def twice_rounded(x: Integers, factor: float, *, away: bool = True) -> Integers:
    """Times 31 bits, rounded half up; over a power of two, rounded again.

    There, halves of negative numbers go `away` from 0, or up.
    """
    multiplier, exponent = fixed_point(factor, BITS)
    products = (x << max(exponent, 0)) * multiplier
    return over_power(over_power(products, BITS), max(-exponent, 0), away)


def fixed_point(factor: float, bits: int) -> tuple[int, int]:
    """The multiplier of so many bits and the exponent: `m * 2 ** (e - bits)`."""
    mantissa, exponent = np.frexp(factor)
    multiplier = int(np.floor(np.ldexp(mantissa, BITS) + 0.5))
    if multiplier == 1 << BITS:
        multiplier, exponent = multiplier >> 1, exponent + 1
    dropped = BITS - bits
    if dropped:
        multiplier = (multiplier + (1 << (dropped - 1))) >> dropped
    return min(multiplier, (1 << bits) - 1), int(exponent)


def over_power(x: Integers, shift: int, away: bool = False) -> Integers:
    """`x / 2 ** shift`, rounded half up; below 0 `away` from it."""
    if not shift:
        return x
    half = 1 << (shift - 1)
    up = (x + half) >> shift
    return np.where(x < 0, -((half - x) >> shift), up) if away else up


def hard_swish(x: Integers, ifm: UniformType, ofm: UniformType) -> Integers:
    """In 16 bits: `x * (x + 3) / 6`, the second factor from 0 to 1.

    Source: `reference/hard_swish.h` of TFLite.
    """
    high = x << HIGH
    fine = np.float32(np.float32(1 / (1 << HIGH)) * np.float32(ifm.scale))
    scaled, exponent = fixed_point(float(fine / np.float32(ofm.scale)), HIGH_BITS)
    part, places = fixed_point(
        float(fine / np.float32(REACH / (1 << HIGH_BITS))), HIGH_BITS
    )
    share = saturated(high << (places - 1)) if places > 0 else high
    share = over_power(share * part, HIGH_BITS)
    share = (
        saturated(share << 1) if places > 0 else over_power(share, -places, away=True)
    )
    share = (share + (1 << HIGH_BITS)) >> 1
    product = share * over_power(high * scaled, HIGH_BITS)
    whole = np.sign(product) * (np.abs(product) >> HIGH_BITS)
    return over_power(saturated(whole), -exponent, away=True)


def saturated(x: Integers) -> Integers:
    """Within 16 bits."""
    return np.clip(x, -(1 << HIGH_BITS), (1 << HIGH_BITS) - 1)
