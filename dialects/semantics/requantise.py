"""Scaling integers by a real number, with integers alone: the machine's output stage.

The Zhouyi multiplies an int32 accumulator by 15 bits, shifts the product right by up
to 31 places, rounds half to even, adds the zero point and clamps. The product has at
most 32 + 15 bits, so float64 holds it exactly, and scaling by a power of two keeps it.

Source: the arithmetic of Arm-China's Compass Optimizer, `linear_requantize`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST_MULTIPLIER = (1 << 15) - 1
LARGEST_SHIFT = 31


def requantise(
    accumulator: np.ndarray,
    multiplier: ArrayLike,
    shift: ArrayLike,
    zero_point: int,
    low: int,
    high: int,
) -> NDArray[np.int8]:
    """`clamp((accumulator * multiplier >> shift) + zero_point)`, half to even.

    Args:
        accumulator: integers within int32, in any dtype that holds them exactly.
        multiplier: 0 to 32767; one, or one a channel of the last axis.
        shift: 0 to 31; as `multiplier`.
        zero_point: the stored integer that stands for 0.
        low: the least stored integer, at least -128.
        high: the greatest, at most 127.
    """
    factor = np.ldexp(np.asarray(multiplier, np.float64), -np.asarray(shift, np.int32))
    scaled = np.multiply(accumulator, factor, dtype=np.float64)
    np.rint(scaled, out=scaled)
    scaled += zero_point
    return np.clip(scaled, low, high, out=scaled).astype(np.int8)


def decompose(ratio: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Multiplier and shift whose `multiplier * 2 ** -shift` is nearest to `ratio`.

    The shift is the greatest that leaves the multiplier its 15 bits. A ratio above
    32767 becomes 32767: either takes every accumulator but 0 out of int8.

    Args:
        ratio: positive reals, of any shape.

    Returns:
        Two arrays of the shape of `ratio`.
    """
    ratio = np.minimum(np.asarray(ratio, np.float64), LARGEST_MULTIPLIER)
    mantissa, exponent = np.frexp(ratio / LARGEST_MULTIPLIER)
    shift = np.clip((mantissa == 0.5) - exponent, 0, LARGEST_SHIFT).astype(np.int32)
    return np.rint(np.ldexp(ratio, shift)).astype(np.int32), shift
