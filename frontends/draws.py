"""Random weights with the statistics of trained ones, for a model that has none."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from ..errors import AipuError

DAMPING = 0.35
"""Of a residual branch; 1 / sqrt(8), so that 16 blocks change the variance little."""

SPREAD = 0.1
"""How far gains and variances lie from 1, offsets and means from 0."""


class Draws:
    """Normal arrays, each from a stream of its own: the order of drawing is all one."""

    def __init__(self, seed: int):
        if seed < 0:
            raise AipuError(f"the seed of random weights cannot be negative: {seed}")
        self.seed = seed

    def normal(
        self, name: str, shape: Sequence[int], mean: float, deviation: float
    ) -> NDArray[np.float32]:
        """The array that the weight `name` gets."""
        stream = int.from_bytes(sha256(name.encode()).digest()[:8])
        generator = np.random.Generator(np.random.PCG64([self.seed, stream]))
        array = generator.standard_normal(tuple(shape), np.float32)
        array *= np.float32(deviation)
        array += np.float32(mean)
        return array
