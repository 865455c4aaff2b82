"""A recording at another rate, without what the new rate cannot hold.

Every new sample is a sum of old ones, weighted by a sinc that a Kaiser window ends: the
ideal low pass, as far as its first `CROSSINGS` zeros on both sides. Source: Julius O.
Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample.
"""

from math import ceil

import numpy as np

CROSSINGS = 32
KEPT = 0.94
"""Of the frequencies that the lower rate can hold; behind them the filter falls."""

BETA = 10.0
"""Of the Kaiser window: about -100 dB beside what is kept."""

BLOCK = 4096
"""New samples that are computed at once."""


def resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """The samples of a recording at the rate `wanted`, in samples a second.

    Args:
        samples: [n] float32; silence is around them.
        rate: of `samples`.
        wanted: of the result, which lasts as long.
    """
    if rate == wanted or not len(samples):
        return samples
    cutoff = KEPT * min(1.0, wanted / rate)
    reach = ceil(CROSSINGS / cutoff)
    padded = np.pad(samples.astype(np.float64), reach + 1)
    offsets = np.arange(-reach, reach + 1)
    count = ceil(len(samples) * wanted / rate)
    found = np.empty(count, np.float32)
    for start in range(0, count, BLOCK):
        at = np.arange(start, min(start + BLOCK, count)) * rate / wanted
        nearest = np.floor(at).astype(np.int64)
        distances = (at - nearest)[:, np.newaxis] - offsets
        weights = cutoff * np.sinc(cutoff * distances) * kaiser(distances / reach)
        taken = padded[nearest[:, np.newaxis] + offsets + reach + 1]
        found[start : start + BLOCK] = (weights * taken).sum(1)
    return found


def kaiser(position: np.ndarray) -> np.ndarray:
    """The window, which ends where `position` is -1 and 1."""
    inside = np.sqrt(np.maximum(1 - position**2, 0))
    return np.where(np.abs(position) < 1, np.i0(BETA * inside) / np.i0(BETA), 0)
