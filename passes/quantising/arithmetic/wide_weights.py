"""Weights of nine bits as sums of two of eight."""

import numpy as np

LEAST, GREATEST = -128, 127
WIDEST = 2 * LEAST, 2 * GREATEST
"""The bounds of what is the sum of two."""


def is_wide(integers: np.ndarray) -> bool:
    """Whether some weight does not fit in int8."""
    return bool((integers < LEAST).any() or (integers > GREATEST).any())


def halves(integers: np.ndarray) -> np.ndarray:
    """Two arrays [2, ...] of int8 whose sum is `integers`, within `WIDEST`."""
    first = np.clip(integers, LEAST, GREATEST)
    return np.stack([first, integers - first])


def spread_rows(parts: np.ndarray, dilation: int) -> np.ndarray:
    """Kernels [2, M, KH, KW, C] as one, [M, 2 * reach, KW, C], that reads rows twice.

    Row 2 i is row i of the first kernel, row 2 i + 1 that of the second. Rows that the
    dilation skips are zeros, as two neighbours and a gap are no dilation any more.
    """
    _, channels, rows, *rest = parts.shape
    reach = (rows - 1) * dilation + 1
    spread = np.zeros((channels, reach, 2, *rest), parts.dtype)
    spread[:, ::dilation] = np.moveaxis(parts, 0, 2)
    return spread.reshape(channels, 2 * reach, *rest)
