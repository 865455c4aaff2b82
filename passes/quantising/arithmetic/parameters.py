"""Weight and bias of a convolution as integers, and the scale of each ofm channel."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ....dialects.quant import UniformType
from ....dialects.semantics.requantise import decompose
from ....errors import AipuError
from ...machine_forms.arithmetic import Parameters
from .fine_multipliers import fine_multipliers, single_multipliers

LARGEST_WEIGHT = 127
LARGEST_BIAS = 1 << 30
LARGEST_ACCUMULATOR = (1 << 31) - 1
LEAST_RATIO = 2.0**-20
"""Of accumulator step to ofm step. There a multiplier still has 11 of its 15 bits, and
rounding the weights of a sum of 1000 moves it by an eighth of an ofm step at most."""


BLOCK = 1 << 18
"""How many weights are computed with at a time; one channel at least."""


def quantise_parameters(
    weight: np.ndarray,
    bias: np.ndarray,
    ifm: UniformType,
    ofm: UniformType,
    pinned: np.ndarray | None = None,
    groups: int = 1,
    *,
    single: bool = False,
) -> Parameters:
    """The integers for `weight` [M, ...] and `bias` [M], symmetric and per channel.

    The groups make no difference here: every channel has its own scale.

    Weights that are multiples of a scale already, `pinned` [M] or [1], keep it; unless
    the bias of their channel would leave too little of int32 for them. Their
    multipliers are fine ones, so that the results are those of their model: exact ones,
    or, if `single`, what a runtime has that computes scales in float32.

    Raises:
        AipuError: an accumulator could exceed int32.
    """
    bias = bias.astype(np.float64)
    if pinned is None:
        scale = channel_scales(weight, bias, ifm.scale, ofm.scale)
    else:
        scale = np.maximum(pinned.astype(np.float64), scales_of_bias(bias, ifm.scale))
    integers = rounded(weight, scale)
    offsets = np.rint(bias / (ifm.scale * scale)).astype(np.int32)
    reach = accumulator_reach(integers, offsets, ifm)
    ratio = ifm.scale * scale / ofm.scale
    if pinned is not None and single:
        multiplier = single_multipliers(ifm.scale, scale, ofm.scale)
        shift = np.zeros(len(scale))
    elif pinned is None:
        multiplier, shift = decompose(ratio)
        multiplier = multiplier.astype(np.int16)
    else:
        multiplier, shift = fine_multipliers(ratio, reach)
    return Parameters(integers, offsets, multiplier, shift.astype(np.int8), scale)


def rounded(weight: np.ndarray, scale: NDArray[np.float64]) -> NDArray[np.int8]:
    """`round(weight / scale)`, half to even, of weights [M, ...] and scales [M]."""
    integers = np.empty(weight.shape, np.int8)
    columns = scale.reshape(-1, *[1] * (weight.ndim - 1))
    for some in blocks(weight):
        integers[some] = np.rint(weight[some] / columns[some])
    return integers


def blocks(weight: np.ndarray) -> Iterator[slice]:
    """Some of the channels [M, ...] at a time.

    So what is computed in float64 is never there for all weights.
    """
    height = max(1, BLOCK // max(1, weight[:1].size))
    return (slice(start, start + height) for start in range(0, len(weight), height))


def channel_scales(
    weight: np.ndarray, bias: np.ndarray, ifm_scale: float, ofm_scale: float
) -> NDArray[np.float64]:
    """For each channel the finest scale that its weights, bias and multiplier allow.

    So a channel of zeros, or of weights next to nothing beside its bias, is no special
    case: its bias decides, or the least ratio does.
    """
    largest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)))
    for_weights = largest.astype(np.float64) / LARGEST_WEIGHT
    for_multiplier = LEAST_RATIO * ofm_scale / ifm_scale
    return np.maximum(
        np.maximum(for_weights, scales_of_bias(bias, ifm_scale)), for_multiplier
    )


def scales_of_bias(bias: np.ndarray, ifm_scale: float) -> NDArray[np.float64]:
    """The finest scales of weights whose accumulators hold the biases."""
    return np.abs(bias) / (ifm_scale * LARGEST_BIAS)


def accumulator_reach(
    weight: NDArray[np.int8], bias: NDArray[np.int32], ifm: UniformType
) -> NDArray[np.int64]:
    """How large the accumulator of each channel can become, whatever the ifm.

    Raises:
        AipuError: one exceeds int32.
    """
    low, high = ifm.limits
    largest_input = max(ifm.zero_point - low, high - ifm.zero_point)
    channels = weight.reshape(len(bias), -1)
    sums = np.empty(len(bias), np.int64)
    for some in blocks(channels):
        sums[some] = np.abs(channels[some], dtype=np.int64).sum(axis=1)
    reach = sums * largest_input + np.abs(bias, dtype=np.int64)
    if reach.max() > LARGEST_ACCUMULATOR:
        channel = int(reach.argmax())
        raise AipuError(
            f"the accumulator of ofm channel {channel} can reach {reach.max()}, "
            f"an int32 holds {LARGEST_ACCUMULATOR}",
            remedy="split the operator along its ifm channels",
        )
    return reach
