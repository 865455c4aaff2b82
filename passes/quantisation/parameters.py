"""Weight and bias of a convolution as integers, and the scale of each ofm channel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...dialects.quant import UniformType
from ...dialects.semantics.requantise import decompose
from ...errors import AipuError

LARGEST_WEIGHT = 127
LARGEST_BIAS = 1 << 30
LARGEST_ACCUMULATOR = (1 << 31) - 1
LEAST_RATIO = 2.0**-16
"""Of accumulator step to ofm step: finer weights change no result, but below it the
multiplier has fewer than its 15 bits."""


class Parameters(NamedTuple):
    """What a quantised convolution reads: `weight` as the float one, the rest [M]."""

    weight: NDArray[np.int8]
    bias: NDArray[np.int32]
    multiplier: NDArray[np.int16]
    shift: NDArray[np.int8]
    scale: NDArray[np.float64]


def quantise_parameters(
    weight: np.ndarray, bias: np.ndarray, ifm: UniformType, ofm: UniformType
) -> Parameters:
    """The integers for `weight` [M, ...] and `bias` [M], symmetric and per channel.

    Raises:
        AipuError: an accumulator could exceed int32.
    """
    weight, bias = weight.astype(np.float64), bias.astype(np.float64)
    scale = channel_scales(weight, bias, ifm.scale, ofm.scale)
    columns = scale.reshape(-1, *[1] * (weight.ndim - 1))
    multiplier, shift = decompose(ifm.scale * scale / ofm.scale)
    parameters = Parameters(
        np.rint(weight / columns).astype(np.int8),
        np.rint(bias / (ifm.scale * scale)).astype(np.int32),
        multiplier.astype(np.int16),
        shift.astype(np.int8),
        scale,
    )
    check_accumulators(parameters, ifm)
    return parameters


def channel_scales(
    weight: np.ndarray, bias: np.ndarray, ifm_scale: float, ofm_scale: float
) -> NDArray[np.float64]:
    """For each channel the finest scale that its weights, bias and multiplier allow.

    So a channel of zeros, or of weights next to nothing beside its bias, is no special
    case: its bias decides, or the least ratio does.
    """
    largest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)))
    for_weights = largest / LARGEST_WEIGHT
    for_bias = np.abs(bias) / (ifm_scale * LARGEST_BIAS)
    for_multiplier = LEAST_RATIO * ofm_scale / ifm_scale
    return np.maximum(np.maximum(for_weights, for_bias), for_multiplier)


def check_accumulators(parameters: Parameters, ifm: UniformType) -> None:
    """Prove that no ifm takes an accumulator out of int32."""
    low, high = ifm.limits
    largest_input = max(ifm.zero_point - low, high - ifm.zero_point)
    weights = np.abs(
        parameters.weight.reshape(len(parameters.bias), -1), dtype=np.int64
    )
    reach = weights.sum(axis=1) * largest_input + np.abs(
        parameters.bias, dtype=np.int64
    )
    if reach.max() > LARGEST_ACCUMULATOR:
        channel = int(reach.argmax())
        raise AipuError(
            f"the accumulator of ofm channel {channel} can reach {reach.max()}, "
            f"an int32 holds {LARGEST_ACCUMULATOR}",
            remedy="split the operator along its ifm channels",
        )
