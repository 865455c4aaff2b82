"""Random weights with the statistics of trained ones, for a model that has none.

Layers that multiply and accumulate get normal weights: after a relu of variance
2 / fan-in, which makes up for the half that the relu takes away (He et al. 2015,
"Delving deep into rectifiers", eq. 10), else of 1 / fan-in. Normalisations get the
statistics of a layer whose outputs are nearly normal already. A branch that ends in an
addition is damped, or a hundred residual blocks would add up.
"""

from collections.abc import Sequence
from enum import Enum
from hashlib import sha256
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ..errors import AipuError

DAMPING = 0.35
"""Of a residual branch; 1 / sqrt(8), so that 16 blocks change the variance little."""

SPREAD = 0.1
"""How far gains and variances lie from 1, offsets and means from 0."""


class Part(Enum):
    """What a weight does in its layer."""

    WEIGHT = "weight"
    BIAS = "bias"
    GAIN = "gain"
    OFFSET = "offset"
    MEAN = "mean"
    VARIANCE = "variance"
    SLOPE = "slope"


MEANS = {
    Part.WEIGHT: 0.0,
    Part.BIAS: 0.0,
    Part.GAIN: 1.0,
    Part.OFFSET: 0.0,
    Part.MEAN: 0.0,
    Part.VARIANCE: 1.0,
    Part.SLOPE: 0.25,
}

AT_THE_END = {Part.WEIGHT, Part.GAIN, Part.OFFSET}
"""Parts that scale what comes out of their layer: damping a branch damps them."""


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

    def part(
        self,
        name: str,
        part: Part,
        shape: Sequence[int],
        *,
        fan_in: int = 1,
        rectified: bool = False,
        damped: bool = False,
    ) -> NDArray[np.float32]:
        """A part of a layer.

        Args:
            name: of the weight.
            part: what it does.
            shape: of the array.
            fan_in: how many products each output of the layer sums up.
            rectified: whether the layer reads what comes out of a relu.
            damped: whether it ends a residual branch.
        """
        deviation = SPREAD
        if part is Part.WEIGHT:
            deviation = sqrt((2 if rectified else 1) / max(fan_in, 1))
        damping = DAMPING if damped and part in AT_THE_END else 1
        return self.normal(name, shape, damping * MEANS[part], damping * deviation)
