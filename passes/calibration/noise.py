"""What stands for data where there is none: noise, the same for the same seed.

A real input gets the standard normal distribution. One that the model keeps as integers
gets what these can stand for, each as often. So does an integer input of one byte or
two, such as a picture; ids are those of the table that they pick rows of, else 0 and 1.
"""

import numpy as np
from xdsl.dialects.builtin import IntegerType

from .network_input import Input, reals_of

FEW_BITS = 16
"""Integers of more bits are ids or counts, not numbers of any size."""


def drawn(
    taken: Input, shape: tuple[int, ...], generator: np.random.Generator
) -> np.ndarray:
    """An array of an input: reals in float64, or integers of the input's type."""
    if isinstance(taken.element, IntegerType):
        low, high = taken.limits
        if taken.element.width.data > FEW_BITS:
            low, high = 0, (taken.choices or 2) - 1
        integers = generator.integers(low, high, shape, np.int64, endpoint=True)
        return integers.astype(taken.dtype)
    if taken.stored is not None:
        low, high = taken.stored.limits
        integers = generator.integers(low, high, shape, np.int64, endpoint=True)
        return reals_of(integers, taken.stored)
    return generator.standard_normal(shape)
