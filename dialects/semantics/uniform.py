"""Reals as stored integers, and back: what a `!quant.uniform` type means.

In parts, so that what is computed in float64 is never there as a whole.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..quant import UniformType

PART = 1 << 16
"""How many elements are computed at a time: about a second-level cache."""


def to_stored(reals: np.ndarray, element: UniformType) -> NDArray[np.int8]:
    """`saturate(round(reals / scale) + zero_point)`, half to even, in float64."""
    stored = np.empty(np.shape(reals), np.int8)
    flat, found = np.ravel(reals), stored.reshape(-1)
    for part in parts(flat.size):
        steps = np.divide(flat[part], element.scale, dtype=np.float64)
        np.rint(steps, out=steps)
        steps += element.zero_point
        found[part] = np.clip(steps, *element.limits, out=steps)
    return stored


def to_reals(stored: np.ndarray, element: UniformType) -> NDArray[np.float64]:
    """`scale * (stored - zero_point)`, in float64."""
    reals = np.subtract(stored, element.zero_point, dtype=np.float64)
    return np.multiply(reals, element.scale, out=reals[...])


def to_singles(stored: np.ndarray, element: UniformType) -> NDArray[np.float32]:
    """The same, rounded to float32."""
    singles = np.empty(np.shape(stored), np.float32)
    flat, found = np.ravel(stored), singles.reshape(-1)
    for part in parts(flat.size):
        found[part] = to_reals(flat[part], element)
    return singles


def parts(count: int, size: int = 1) -> Iterator[slice]:
    """So many rows of `size` elements each, about `PART` elements at a time."""
    rows = max(PART // size, 1)
    return (slice(start, start + rows) for start in range(0, count, rows))
