"""From wide integers to the stored integers of an operator's result."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
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


@dataclass(frozen=True)
class ChannelRescale:
    """Multiplier and shift of each channel [M]; `below` are others of sums below 0."""

    multiplier: np.ndarray
    shift: np.ndarray
    below: "ChannelRescale | None" = None

    def narrow(
        self,
        op: nn.WeightedSums,
        sums: np.ndarray,
        channels: slice = slice(None),
    ) -> NDArray[np.int8]:
        """Sums of some channels as the stored integers of the `ofm`."""
        clamp = op.activation.data
        multiplier, shift = self.multiplier[channels], self.shift[channels]
        narrowed = narrow(op, sums, multiplier, shift, clamp)
        if self.below is None:
            return narrowed
        return np.where(sums < 0, self.below.narrow(op, sums, channels), narrowed)


def channel_rescale(op: nn.Operator, rescale: Sequence[np.ndarray]) -> ChannelRescale:
    """The rescale of an operator that must have one.

    A multiplier of float32 stands alone, and is one whatever the precision of reals.
    """
    match rescale:
        case [multiplier, shift]:
            return ChannelRescale(multiplier, shift)
        case [multiplier, shift, below, below_shift]:
            other = ChannelRescale(below, below_shift)
            return ChannelRescale(multiplier, shift, other)
        case [multiplier]:
            shift = np.zeros(len(multiplier), np.int8)
            return ChannelRescale(multiplier.astype(np.float32), shift)
    raise AipuError(f"{op.name} on integers needs a rescale")
