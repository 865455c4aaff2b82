"""How far results lie apart."""

import numpy as np


def deviation(before: np.ndarray, after: np.ndarray) -> float:
    """The largest difference, relative to the largest value; infinite between shapes.

    Equal infinities, and NaN in the same places, do not differ.
    """
    if before.shape != after.shape:
        return float("inf")
    if np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
        return 0.0
    differ = (before != after) & ~(np.isnan(before) & np.isnan(after))
    old, new = before[differ].astype(np.float64), after[differ].astype(np.float64)
    finite = np.abs(before[np.isfinite(before)].astype(np.float64))
    largest = float(finite.max(initial=0.0))
    if not (np.isfinite(old).all() and np.isfinite(new).all() and largest):
        return float("inf")
    return float(np.abs(old - new).max()) / largest
