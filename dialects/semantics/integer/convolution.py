"""Quantised convolution, fully connected layer and matrix product."""

from collections.abc import Iterator

import numpy as np

from ... import nn
from ...quant import uniform
from ..real.windows import padded, windows
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
    multiplier, shift = channel_rescale(op, rescale)
    zero_point = uniform(op.ifm).zero_point
    frame = padded(ifm, op.pad.get_values(), zero_point).astype(np.float32, order="C")
    view = windows(
        frame, weight.shape[1:3], op.stride.get_values(), op.dilation.get_values()
    )
    bias = centred_bias(weight, bias, zero_point)
    ofm = np.empty((*view.shape[:3], len(weight)), np.int8)
    is_depthwise = weight.shape[3] == 1 and op.groups.value.data > 1
    convolve = depthwise if is_depthwise else grouped
    for stripe, channels, sums in convolve(view, weight, op.groups.value.data):
        ofm[(*stripe, slice(None), channels)] = narrow(
            op,
            sums + bias[channels],
            multiplier[channels],
            shift[channels],
            op.activation.data,
        )
    return ofm


def fully_connected(
    op: nn.FullyConnectedOp,
    ifm: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *rescale: np.ndarray,
) -> np.ndarray:
    multiplier, shift = channel_rescale(op, rescale)
    bias = centred_bias(weight, bias, uniform(op.ifm).zero_point)
    sums = Accumulator(weight)(ifm.astype(np.float32)) + bias
    return narrow(op, sums, multiplier, shift, op.activation.data)


def matmul(op: nn.MatMulOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """In float64, which holds the sum of 2**37 products of 9 by 9 bits exactly."""
    (multiplier,), shift = multipliers(op, op.rescale)
    columns = centred(rhs, op.rhs)
    columns = columns if op.transposed is None else columns.swapaxes(-1, -2)
    sums = np.matmul(centred(lhs, op.lhs), columns, dtype=np.float64)
    return narrow(op, sums, multiplier, shift)


Part = tuple[tuple[int, slice], slice, np.ndarray]
"""An image and some of its rows; some of its ofm channels; the sums for them."""


def grouped(view: np.ndarray, weight: np.ndarray, groups: int) -> Iterator[Part]:
    """Every group is a matrix product of unfolded windows and weights."""
    ofm_channels, *_, ifm_channels = weight.shape
    each = ofm_channels // groups
    for group in range(groups):
        channels = slice(group * each, (group + 1) * each)
        accumulate = Accumulator(weight[channels].reshape(each, -1))
        inputs = view[..., group * ifm_channels : (group + 1) * ifm_channels]
        for stripe in stripes(inputs, each):
            part = inputs[stripe]
            rows, columns = part.shape[:2]
            sums = accumulate(part.reshape(rows * columns, -1))
            yield stripe, channels, sums.reshape(rows, columns, each)


def depthwise(view: np.ndarray, weight: np.ndarray, groups: int) -> Iterator[Part]:
    """Tap by tap, all channels at once: a matrix product would be of one column."""
    repeats = len(weight) // groups
    is_small = weight[0].size <= TERMS_ALWAYS_EXACT
    taps = weight[..., 0].astype(np.float32 if is_small else np.float64)
    everything = slice(0, len(weight))
    for stripe in stripes(view, len(weight)):
        part = view[stripe]
        sums = np.zeros((*part.shape[:2], len(weight)), taps.dtype)
        products = np.empty_like(sums)
        for row, column in np.ndindex(*weight.shape[1:3]):
            tap = part[:, :, row, column]
            spread = np.repeat(tap, repeats, axis=-1) if repeats > 1 else tap
            sums += np.multiply(spread, taps[:, row, column], out=products)
        yield stripe, everything, sums


def stripes(view: np.ndarray, ofm_channels: int) -> Iterator[tuple[int, slice]]:
    """Images and rows of windows, so that windows and sums take `STRIPE_BYTES`."""
    batch, rows, columns = view.shape[:3]
    sums = columns * ofm_channels * np.dtype(np.float64).itemsize
    height = max(1, STRIPE_BYTES // (view[0, 0].nbytes + sums))
    for image in range(batch):
        for row in range(0, rows, height):
            yield image, slice(row, row + height)


def centred_bias(weight: np.ndarray, bias: np.ndarray, zero_point: int) -> np.ndarray:
    """`bias - zero_point * sum(weight)`: the zero point of the ifm, taken off once."""
    sums = weight.reshape(len(weight), -1).sum(axis=1, dtype=np.int64)
    return (bias - zero_point * sums).astype(np.float64)


FUNCTIONS = {
    nn.Conv2dOp: conv2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
}
