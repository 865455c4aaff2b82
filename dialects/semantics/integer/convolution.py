"""Quantised convolution, fully connected layer and matrix product."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from ... import nn
from ...quant import uniform
from ..real.windows import Sliding, stripes, windows
from .accumulation import TERMS_ALWAYS_EXACT, Accumulator
from .narrowing import centred, channel_rescale, multipliers, narrow

STRIPE_BYTES = 1 << 20
"""What is worked on at a time, unfolded ifm and sums: about a second-level cache."""


def conv2d(
    op: nn.Conv2dOp,
    ifm: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *rescale: np.ndarray,
) -> np.ndarray:
    factors = channel_rescale(op, rescale)
    zero_point, groups = uniform(op.ifm).zero_point, op.groups.value.data
    stride, dilation = op.stride.get_values(), op.dilation.get_values()
    sliding = Sliding(weight.shape[1:3], stride, op.pad.get_values(), dilation)
    rows, columns = sliding.windows(ifm.shape[1:3])
    bias = centred_bias(weight, bias, zero_point)
    ofm = np.empty((len(ifm), rows, columns, len(weight)), np.int8)
    is_depthwise = weight.shape[3] == 1 and groups > 1
    convolved = depthwise(weight, groups) if is_depthwise else grouped(weight, groups)
    height = stripe_height(convolved, columns)
    for image, place, frame in stripes(ifm, sliding, zero_point, height, np.float32):
        (view,) = windows(frame, sliding.kernel, stride, dilation)
        for part in convolved:
            channels = part.ofm_channels
            sums = part.sums(view[..., part.ifm_channels]) + bias[channels]
            ofm[image, place, :, channels] = factors.narrow(op, sums, channels)
    return ofm


def fully_connected(
    op: nn.FullyConnectedOp,
    ifm: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *rescale: np.ndarray,
) -> np.ndarray:
    factors = channel_rescale(op, rescale)
    bias = centred_bias(weight, bias, uniform(op.ifm).zero_point)
    sums = Accumulator(weight)(ifm.astype(np.float32)) + bias
    return factors.narrow(op, sums)


def matmul(op: nn.MatMulOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """In float64, which holds the sum of 2**37 products of 9 by 9 bits exactly."""
    (multiplier,), shift = multipliers(op, op.rescale)
    columns = centred(rhs, op.rhs)
    columns = columns if op.transposed is None else columns.swapaxes(-1, -2)
    sums = np.matmul(centred(lhs, op.lhs), columns, dtype=np.float64)
    return narrow(op, sums, multiplier, shift)


class Part(NamedTuple):
    """Some ofm channels of a convolution, and the ifm channels that they are made of.

    sums: from windows [Y, X, KH, KW, C] to sums [Y, X, M].
    window_bytes: what a window takes, and its sums.
    """

    ifm_channels: slice
    ofm_channels: slice
    sums: Callable[[np.ndarray], np.ndarray]
    window_bytes: int


def grouped(weight: np.ndarray, groups: int) -> list[Part]:
    """Every group is a matrix product of unfolded windows and weights."""
    ofm_channels, *_, depth = weight.shape
    each = ofm_channels // groups
    parts: list[Part] = []
    for group in range(groups):
        channels = slice(group * each, (group + 1) * each)
        accumulate = Accumulator(weight[channels].reshape(each, -1))
        parts.append(
            Part(
                slice(group * depth, (group + 1) * depth),
                channels,
                partial(_product, accumulate),
                weight[0].size * _bytes(np.float32) + each * _bytes(np.float64),
            )
        )
    return parts


def _product(accumulate: Accumulator, view: np.ndarray) -> np.ndarray:
    rows, columns = view.shape[:2]
    sums = accumulate(view.reshape(rows * columns, -1))
    return sums.reshape(rows, columns, -1)


def depthwise(weight: np.ndarray, groups: int) -> list[Part]:
    """Tap by tap, all channels at once: a matrix product would be of one column."""
    is_small = weight[0].size <= TERMS_ALWAYS_EXACT
    taps = weight[..., 0].astype(np.float32 if is_small else np.float64)
    window_bytes = weight[0].size * groups * _bytes(np.float32)
    sums_bytes = len(weight) * _bytes(np.float64)
    sums = partial(_tap_by_tap, taps, len(weight) // groups)
    return [Part(slice(None), slice(None), sums, window_bytes + sums_bytes)]


def _tap_by_tap(taps: np.ndarray, repeats: int, view: np.ndarray) -> np.ndarray:
    sums = np.zeros((*view.shape[:2], len(taps)), taps.dtype)
    products = np.empty_like(sums)
    for row, column in np.ndindex(*taps.shape[1:3]):
        tap = view[:, :, row, column]
        spread = np.repeat(tap, repeats, axis=-1) if repeats > 1 else tap
        sums += np.multiply(spread, taps[:, row, column], out=products)
    return sums


def _bytes(dtype: type[np.floating]) -> int:
    return np.dtype(dtype).itemsize


def stripe_height(parts: Sequence[Part], columns: int) -> int:
    """How many rows of windows, and their sums, take `STRIPE_BYTES`; one at least."""
    window = max(part.window_bytes for part in parts)
    return max(1, STRIPE_BYTES // max(1, columns * window))


def centred_bias(weight: np.ndarray, bias: np.ndarray, zero_point: int) -> np.ndarray:
    """`bias - zero_point * sum(weight)`: the zero point of the ifm, taken off once."""
    sums = weight.reshape(len(weight), -1).sum(axis=1, dtype=np.int64)
    return (bias - zero_point * sums).astype(np.float64)


FUNCTIONS = {
    nn.Conv2dOp: conv2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
}
