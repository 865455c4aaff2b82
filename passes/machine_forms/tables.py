"""A function of one element as the table of its 256 values."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...dialects.quant import UniformType
from ...dialects.semantics.uniform import to_reals, to_stored

LARGEST_POWER = 32767
ALL_INT8 = np.arange(-128, 128).astype(np.int8)


def table(
    function: Callable[[np.ndarray], np.ndarray], ifm: UniformType, ofm: UniformType
) -> NDArray[np.int8]:
    """`table[i + 128]` is `function` of the real that i stands for, as an integer.

    Where the function has no value, as the logarithm of a negative, the table says 0.
    """
    values = function(to_reals(ALL_INT8, ifm)).reshape(ALL_INT8.shape)
    return to_stored(np.where(np.isnan(values), 0.0, values), ofm)


def exponential_table(scale: float) -> NDArray[np.int16]:
    """`e ** (-scale * (255 - i))` for i from 0 to 255, in steps of 1 / 32767."""
    powers = np.exp(-scale * np.arange(255.0, -1.0, -1.0))
    return np.rint(LARGEST_POWER * powers).astype(np.int16)
