"""Exact sums of products of int8, on the float32 units of the host.

A float32 holds every integer up to 2**24. So a float32 matrix product is exact, in
whatever order it adds, as long as no sum of absolute products exceeds that:

    128 * sum(|weight|) <= 2**24        measured on the weights, row by row, or
    128 * 128 * 1024    <= 2**24        for any weights, 1024 terms at a time
"""

from collections.abc import Iterator

import numpy as np

LARGEST_EXACT = 1 << 24
LARGEST_INPUT = 128
TERMS_ALWAYS_EXACT = LARGEST_EXACT // LARGEST_INPUT**2


class Accumulator:
    """`ifm @ weight.T` for one weight [M, K] of int8, its terms split where needed."""

    def __init__(self, weight: np.ndarray):
        self.parts = [
            (terms, weight[:, terms].astype(np.float32).T)
            for terms in exact_splits(weight)
        ]

    def __call__(self, ifm: np.ndarray) -> np.ndarray:
        """The sums [P, M] for `ifm` [P, K], int8 held in float32; integers exactly."""
        first, *others = (ifm[:, terms] @ weight for terms, weight in self.parts)
        return sum(others, start=first.astype(np.float64)) if others else first


def exact_splits(weight: np.ndarray) -> Iterator[slice]:
    """The parts of K in which products with `weight` [M, K] are exact."""
    terms = weight.shape[1]
    sums = np.abs(weight, dtype=np.int16).sum(axis=1, dtype=np.int64)
    largest = sums.max(initial=0)
    fits = largest * LARGEST_INPUT <= LARGEST_EXACT
    step = terms if fits else TERMS_ALWAYS_EXACT
    return (slice(start, start + step) for start in range(0, terms, step))
