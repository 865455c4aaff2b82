"""The integers that Arm-China's Optimizer chooses, target Z1, symmetric activations.

Scales are the reciprocals of ours here, and float32, as in its own formulas:

    real = stored / scale           activation    127.5 / largest, or 255 if unsigned
                                    weight        127 / largest
                                    bias          ifm * weight

An unsigned tensor is kept as int8 with the zero point -128. Sources: its functions
`get_linear_quant_params_from_tensor`, `linear_op_quantize`,
`unify_shifts_for_aiff_with_per_n_channel_quant`, `calc_eltwise_add_like_scale_shift`
and `clear_lower_bits_for_bias`.
"""

from collections.abc import Sequence
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.quant import UniformType
from ....dialects.semantics.compass import Factors, approximate
from ....dialects.semantics.requantise import LARGEST_MULTIPLIER, LARGEST_SHIFT
from ...machine_forms.arithmetic import Parameters
from .parameters import accumulator_reach, blocks

LEVELS = 255
LARGEST_WEIGHT = 127
BIAS_BITS = 32
SUM_BITS = 15


def float32(value: float) -> float:
    """`value` as the nearest float32."""
    return float(np.float32(value))


def inverse_scale(element: UniformType) -> np.float32:
    """What the Optimizer calls the scale of a tensor."""
    return np.float32(1 / element.scale)


def element_type(low: float, high: float) -> UniformType:
    """Unsigned if nothing is below 0; always so that 0 is exact.

    A range of 0 alone gets the scale 1.
    """
    unsigned = low >= 0
    reach = np.float32(max(-low, high)) * np.float32(1 if unsigned else 2)
    if reach < np.finfo(np.float32).eps:
        reach = np.float32(LEVELS)
    scale = float(np.float32(LEVELS) / reach)
    return UniformType(1 / scale, -128 if unsigned else 0)


def parameters(
    weight: np.ndarray,
    bias: np.ndarray,
    ifm: UniformType,
    ofm: UniformType,
    pinned: np.ndarray | None = None,
    groups: int = 1,
    *,
    per_channel: bool = False,
    bias_bits: int = BIAS_BITS,
) -> Parameters:
    """The integers for `weight` [M, ...] and `bias` [M].

    One weight scale for each group, or each channel; so a depthwise convolution has one
    a channel anyway. Where there are several, all channels have one shift; if that
    leaves nothing of a multiplier, neighbours share their scales, ever more of them.

    Raises:
        AipuError: an accumulator could exceed int32.
    """
    channels = len(weight)

    def ratios(scale: NDArray[np.float32]) -> NDArray[np.float32]:
        return inverse_scale(ofm) / (inverse_scale(ifm) * scale)

    count = channels if per_channel else groups
    if pinned is not None:
        scale = np.broadcast_to(inverse(pinned), channels)
        factors = approximate(ratios(scale))
    elif count == 1:
        scale = weight_scales(weight, count)
        factors = approximate(ratios(scale))
    else:
        scale = weight_scales(weight, count)
        factors = unified(approximate(ratios(scale)))
        while factors.multiplier.min() == 0 and count > 1:
            count //= 2
            scale = weight_scales(weight, count)
            factors = unified(approximate(ratios(scale)))
    multiplier, shift = rightward(factors)
    integers = multiplied(weight, scale)
    offsets = quantised_bias(bias, inverse_scale(ifm) * scale, bias_bits)
    accumulator_reach(integers, offsets, ifm)
    return Parameters(
        integers,
        offsets,
        multiplier.astype(np.int16),
        shift.astype(np.int8),
        1 / scale.astype(np.float64),
    )


def multiplied(weight: np.ndarray, scale: NDArray[np.float32]) -> NDArray[np.int8]:
    """`round(weight * scale)`, half to even, in float32."""
    integers = np.empty(weight.shape, np.int8)
    columns = scale.reshape(-1, *[1] * (weight.ndim - 1))
    for some in blocks(weight):
        integers[some] = np.rint(weight[some].astype(np.float32) * columns[some])
    return integers


def weight_scales(weight: np.ndarray, count: int) -> NDArray[np.float32]:
    """A scale for each channel; `count` groups of neighbours have the same."""
    channels = len(weight)
    size = -(-channels // count)
    each = np.abs(weight.reshape(channels, -1)).max(axis=1).astype(np.float32)
    starts = range(0, channels, size)
    largest = np.array([each[start : start + size].max() for start in starts])
    largest[2 * largest < np.finfo(np.float32).eps] = LARGEST_WEIGHT
    scales = (np.float32(LARGEST_WEIGHT) / largest).astype(np.float32)
    return np.repeat(scales, size)[:channels]


def inverse(scales: np.ndarray) -> NDArray[np.float32]:
    """The Optimizer's form of scales that a model says."""
    return (1 / scales.astype(np.float64)).astype(np.float32)


def quantised_bias(
    bias: np.ndarray, scale: NDArray[np.float32], bits: int
) -> NDArray[np.int32]:
    """Biases as multiples of accumulator steps; `bits` of each are kept at most."""
    whole = np.rint(bias.astype(np.float32) * scale).astype(np.int64)
    most = 1 << (bits - 1)
    excess = max(
        log2(max(int(whole.max()), 1) / (most - 1)),
        log2(max(-int(whole.min()), 1) / most),
    )
    cleared = max(ceil(excess), 0)
    largest = (1 << 31) - 1
    return np.clip(whole >> cleared << cleared, -largest - 1, largest).astype(np.int32)


def unified(factors: Factors) -> Factors:
    """The same ratios, as nearly as one shift for all of them allows."""
    shift = max(0, int(factors.shift.max()))
    multiplier = factors.multiplier << (shift - factors.shift)
    excess = int(multiplier.max()) / LARGEST_MULTIPLIER
    if excess > 1:
        less = ceil(log2(excess))
        shift, multiplier = shift - less, multiplier >> less
    return Factors(multiplier, np.full_like(multiplier, shift))


def rightward(factors: Factors) -> Factors:
    """The same ratios without shifts to the left, as far as 15 bits allow."""
    left = np.clip(-factors.shift, 0, LARGEST_SHIFT)
    multiplier = np.minimum(factors.multiplier << left, LARGEST_MULTIPLIER)
    return Factors(multiplier, np.maximum(factors.shift, 0))


def rescale(ratio: float) -> RescaleAttr:
    """`x * ratio`."""
    multiplier, shift = rightward(approximate(ratio))
    return RescaleAttr(Rescale((int(multiplier),), int(shift)))


def sum_rescale(lhs: float, rhs: float, ofm: float) -> RescaleAttr:
    """`(x * lhs + y * rhs) / ofm`, for scales.

    With scales s = M / 2 ** N in 15 bits, x is multiplied with M of the other side and
    y with that of x, so that both have the product of both scales.
    """
    x, y, z = (np.float32(1 / scale) for scale in (lhs, rhs, ofm))
    if x == y:
        (outer,), shift = rescale(float(z / x)).data
        return RescaleAttr(Rescale((outer, 1, 1), shift))
    of_x, of_y = approximate(x, SUM_BITS), approximate(y, SUM_BITS)
    common = max(int(of_x.shift), int(of_y.shift))
    left = np.float32(int(of_y.multiplier) * 2.0 ** (common - int(of_y.shift)))
    right = np.float32(int(of_x.multiplier) * 2.0 ** (common - int(of_x.shift)))
    ratio = z / (y * x) / np.float32(2.0**common)
    excess = max(left, right) / np.float32(LARGEST_MULTIPLIER)
    if excess > 1:
        left, right, ratio = left / excess, right / excess, ratio * excess
    sides = [int(np.clip(np.rint(s), 0, LARGEST_MULTIPLIER)) for s in (left, right)]
    (outer,), shift = rescale(float(ratio)).data
    return RescaleAttr(Rescale((outer, *sides), shift))


def mean_rescale(ratio: float, window: int, counts: Sequence[int]) -> RescaleAttr:
    """`sum * ratio / count` for each count up to `window`, those that occur."""
    ratios = np.float32(ratio) / np.array(counts, np.float32)
    multiplier, shift = unified(approximate(ratios))
    multipliers = dict(zip(counts, multiplier.tolist(), strict=True))
    if len(counts) == 1:
        return RescaleAttr(Rescale(tuple(multipliers.values()), int(shift[0])))
    each = (multipliers.get(count, 0) for count in range(1, window + 1))
    return RescaleAttr(Rescale(tuple(each), int(shift[0])))
