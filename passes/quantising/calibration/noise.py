"""What stands for data where there is none: noise, the same for the same seed.

A real input gets the standard normal distribution. One that the model keeps as
integers, or rounds to them, gets what these can stand for. An integer input of one byte
or two, such as a picture, gets any, each as often; wider ones are ids of the table that
they pick rows of, else 0 and 1.
"""

import numpy as np
from xdsl.dialects.builtin import IntegerType

from ....dialects.quant import UniformType
from .network_input import Input, reals_of

PARTS = (0.0, 1.0), (0.0, 0.5), (0.5, 1.0), (0.0, 1.0)
"""Over which part of the integers samples are spread, in turns."""

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
    if (element := taken.stored or taken.rounded) is not None:
        return reals_of(integers_of(element, shape, generator), element)
    return generator.standard_normal(shape)


def integers_of(
    element: UniformType, shape: tuple[int, ...], generator: np.random.Generator
) -> np.ndarray:
    """Integers of a type; the samples, along the first axis, differ in their means."""
    low, high = element.limits
    if element.storage.width.data > FEW_BITS:
        low, high = 0, 1
    if not shape:
        return generator.integers(low, high, shape, np.int64, endpoint=True)
    ends = low + np.rint((high - low) * np.array(PARTS))
    least, most = np.resize(ends, (shape[0], 2)).T.reshape(2, -1, *[1] * len(shape[1:]))
    return generator.integers(least, most, shape, np.int64, endpoint=True)
