"""From wide integers to the stored integers of an operator's result."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from xdsl.ir import SSAValue

from ....errors import AipuError
from ... import nn
from ...quant import uniform
from ..requantise import requantise


def centred(array: np.ndarray, value: SSAValue) -> np.ndarray:
    """Stored integers less the zero point of their type, as int32."""
    return np.subtract(array, uniform(value).zero_point, dtype=np.int32)


def narrow(
    op: nn.Operator,
    accumulator: np.ndarray,
    multiplier: ArrayLike,
    shift: ArrayLike,
    clamp: nn.Clamp = nn.NO_CLAMP.data,
) -> np.ndarray:
    """`accumulator`, rescaled and clamped, as the stored integers of the `ofm`."""
    element = uniform(op.ofm)
    low, high = clamp.stored(element)
    return requantise(accumulator, multiplier, shift, element.zero_point, low, high)


def multipliers(op: nn.Operator, rescale: nn.RescaleAttr | None) -> nn.Rescale:
    """The rescale of an operator that must have one."""
    if rescale is None:
        raise AipuError(f"{op.name} on integers needs a rescale")
    return rescale.data


def channel_rescale(
    op: nn.Operator, rescale: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Multiplier and shift of each channel, of an operator that must have them.

    A multiplier of float32 stands alone, and is one whatever the precision of reals.
    """
    match rescale:
        case [multiplier, shift]:
            return multiplier, shift
        case [multiplier]:
            return multiplier.astype(np.float32), np.zeros(len(multiplier), np.int8)
    raise AipuError(f"{op.name} on integers needs a rescale")
