"""Weights drawn at random, for a text that comes without them."""

from math import prod
from zlib import crc32

import numpy as np
from xdsl.dialects.builtin import IntegerType, ModuleOp
from xdsl.ir import Attribute

from ...dialects import nn
from ...dialects.quant import UniformType
from ...dialects.semantics.weights import WeightStore


def draw_missing_weights(module: ModuleOp, store: WeightStore, seed: int) -> None:
    """Add an array for every weight that `module` names and `store` lacks.

    What is drawn depends on the seed and the key alone.
    """
    for op in module.walk():
        if isinstance(op, nn.WeightOp) and op.key.data not in store:
            random = np.random.default_rng([seed, crc32(op.key.data.encode())])
            element, shape = nn.element_type(op.value), nn.shape(op.value)
            array = draw(element, shape, random)
            if op.scale is not None:
                array, scale = rounded(array, random)
                store.add(op.scale.data, scale)
            store.add(op.key.data, array)


def rounded(
    array: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Reals as multiples of one scale, of a weight of uint8 with some zero point."""
    largest = max(float(np.abs(array).max(initial=0)), 1e-6)
    scale = np.float32(largest / random.integers(128, 256))
    return np.rint(array / scale) * scale, np.array([scale])


def draw(
    element: Attribute, shape: tuple[int, ...], random: np.random.Generator
) -> np.ndarray:
    """Integers of the whole range; reals as He et al. initialise them (2015, eq. 10).

    Reals of rank 0 or 1 are gains, offsets or variances: uniform in [0.5, 1.5).
    """
    match element:
        case UniformType():
            low, high = element.limits
            integers = random.integers(low, high, shape, endpoint=True)
            return integers.astype(f"int{element.storage.width.data}")
        case IntegerType():
            return random.integers(-128, 128, shape).astype(f"int{element.bitwidth}")
        case _ if len(shape) < 2:
            return random.uniform(0.5, 1.5, shape).astype(np.float32)
        case _:
            spread = (2 / prod(shape[1:])) ** 0.5
            return random.normal(0.0, spread, shape).astype(np.float32)
