"""Reals as stored integers, and back: what a `!quant.uniform` type means."""

import numpy as np
from numpy.typing import NDArray

from ..quant import UniformType


def to_stored(reals: np.ndarray, element: UniformType) -> NDArray[np.int8]:
    """`saturate(round(reals / scale) + zero_point)`, half to even, in float64."""
    steps = np.divide(np.atleast_1d(reals), element.scale, dtype=np.float64)
    np.rint(steps, out=steps)
    steps += element.zero_point
    stored = np.clip(steps, *element.limits, out=steps).astype(np.int8)
    return stored.reshape(np.shape(reals))


def to_reals(stored: np.ndarray, element: UniformType) -> NDArray[np.float64]:
    """`scale * (stored - zero_point)`, in float64."""
    return (stored.astype(np.float64) - element.zero_point) * element.scale
