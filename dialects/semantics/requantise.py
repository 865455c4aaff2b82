"""Scaling integers by a real number, with integers alone: the machine's output stage.

The Zhouyi multiplies an int32 accumulator by 15 bits, shifts the product right by up
to 31 places, rounds half to even, adds the zero point and clamps. The product has at
most 32 + 15 bits, so float64 holds it exactly, and scaling by a power of two keeps it.

Source: the arithmetic of Arm-China's Compass Optimizer, `linear_requantize`.

Ours goes further for networks that others have quantised, where one result that is off
by one changes all layers after it: the multiplier of a channel may have 25 bits, and
the shift 63 places. Whoever chooses such a multiplier sees to it that no accumulator
takes the product out of 53 bits. Or the multiplier is a float32, and the accumulator
and the product are rounded to float32, as in the runtime that the network was made for.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..nn.attributes import LARGEST_SHIFT, MULTIPLIER_BITS

LARGEST_MULTIPLIER = (1 << MULTIPLIER_BITS) - 1
EXACT_BITS = 53
LEAST_SINGLE, GREATEST_SINGLE = 2.0**-39, 2.0**22
"""Multipliers of float32; below these every int32 becomes 0, above it leaves int8."""


def requantise(
    accumulator: np.ndarray,
    multiplier: ArrayLike,
    shift: ArrayLike,
    zero_point: int,
    low: int,
    high: int,
) -> NDArray[np.int8]:
    """`clamp((accumulator * multiplier >> shift) + zero_point)`, half to even.

    All of it is exact but for multipliers of float32.

    Args:
        accumulator: integers within int32, in any dtype that holds them exactly.
        multiplier: 0 to 32767; one, or one a channel of the last axis, and that up to
            25 bits with a sign, or any float32.
        shift: 0 to 31; as `multiplier`, up to 63.
        zero_point: the stored integer that stands for 0.
        low: the least stored integer, at least -128.
        high: the greatest, at most 127.
    """
    factor = np.asarray(multiplier)
    if factor.dtype == np.float32:
        scaled = np.asarray(accumulator).astype(np.float32) * factor
    else:
        factor = np.ldexp(factor.astype(np.float64), -np.asarray(shift, np.int32))
        scaled = np.multiply(accumulator, factor, dtype=np.float64)
    np.rint(scaled, out=scaled)
    scaled += zero_point
    return np.clip(scaled, low, high, out=scaled).astype(np.int8)


def decompose(
    ratio: ArrayLike,
    largest_multiplier: int | NDArray[np.int64] = LARGEST_MULTIPLIER,
    largest_shift: int = LARGEST_SHIFT,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Multiplier and shift whose `multiplier * 2 ** -shift` is nearest to `ratio`.

    The shift is the greatest that leaves the multiplier its bits. A ratio above the
    largest multiplier becomes that: either takes every accumulator but 0 out of int8.

    Args:
        ratio: positive reals, of any shape.
        largest_multiplier: all its bits are 1; one, or one for each ratio.
        largest_shift: the most places.

    Returns:
        Two arrays of the shape of `ratio`.
    """
    ratio = np.minimum(np.asarray(ratio, np.float64), largest_multiplier)
    mantissa, exponent = np.frexp(ratio / largest_multiplier)
    shift = np.clip((mantissa == 0.5) - exponent, 0, largest_shift).astype(np.int32)
    return np.rint(np.ldexp(ratio, shift)).astype(np.int32), shift
