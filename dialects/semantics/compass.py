"""How Arm-China's Optimizer says a ratio with a multiplier and a shift, in float32.

    shift      = floor(log2((2 ** bits - 1) / ratio)), at most 31
    multiplier = floor(ratio * 2 ** shift + 0.5)

and a ratio of 1 is 1 >> 0. Source: its `get_scale_approximation_params`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .requantise import LARGEST_SHIFT

MULTIPLIER_BITS = 8
"""Of a multiplier for 8-bit tensors; two tensors are brought to one scale with 15."""


class Factors(NamedTuple):
    """`multiplier * 2 ** -shift`; a negative shift goes to the left."""

    multiplier: NDArray[np.int64]
    shift: NDArray[np.int64]


def approximate(ratio: ArrayLike, bits: int = MULTIPLIER_BITS) -> Factors:
    """Multipliers and shifts for positive ratios, of any shape."""
    wanted = np.asarray(ratio, np.float32)
    most = np.float32((1 << bits) - 1)
    shift = np.minimum(np.floor(np.log2(most / wanted)), LARGEST_SHIFT)
    multiplier = np.floor(wanted * np.exp2(shift) + np.float32(0.5))
    factors = Factors(multiplier.astype(np.int64), shift.astype(np.int64))
    if (multiplier == np.exp2(shift)).all():
        ones = np.ones_like(factors.multiplier)
        return Factors(ones, np.zeros_like(ones))
    return factors
