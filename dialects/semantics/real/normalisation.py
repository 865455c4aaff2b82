"""Scaling reals by a statistic."""

import numpy as np

from ... import nn
from ..uniform import parts


def batch_norm(
    op: nn.BatchNormOp,
    ifm: np.ndarray,
    gain: np.ndarray,
    offset: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
) -> np.ndarray:
    """ifm [..., C], the statistics [C]."""
    scale = gain / np.sqrt(variance + op.epsilon.value.data)
    return (ifm - mean) * scale + offset


def layer_norm(
    op: nn.LayerNormOp, ifm: np.ndarray, gain: np.ndarray, offset: np.ndarray
) -> np.ndarray:
    """Of ifm [..., shape of gain]; in float64, as reals may hardly differ."""
    axes = tuple(range(ifm.ndim - gain.ndim, ifm.ndim))
    centred = ifm - ifm.mean(axes, np.float64, keepdims=True)
    variance = np.square(centred).mean(axes, keepdims=True)
    normal = centred / np.sqrt(variance + op.epsilon.value.data)
    return (normal * gain + offset).astype(ifm.dtype)


def rms_norm(op: nn.RmsNormOp, ifm: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Of ifm [..., shape of gain]."""
    axes = tuple(range(ifm.ndim - gain.ndim, ifm.ndim))
    mean = np.square(ifm).mean(axes, keepdims=True)
    return ifm / np.sqrt(mean + op.epsilon.value.data) * gain


def lp_norm(op: nn.LpNormOp, ifm: np.ndarray) -> np.ndarray:
    axis = op.axis.value.data
    if op.order.value.data == 1:
        norm = np.abs(ifm).sum(axis, keepdims=True)
    else:
        norm = np.sqrt(np.square(ifm).sum(axis, keepdims=True))
    return ifm / np.maximum(norm, op.least.value.data)


def lrn(op: nn.LrnOp, ifm: np.ndarray) -> np.ndarray:
    """Some pixels at a time, so that what is between stays in the cache."""
    ofm, channels = np.empty(ifm.shape, ifm.dtype), ifm.shape[-1]
    pixels, found = ifm.reshape(-1, channels), ofm.reshape(-1, channels)
    for part in parts(len(pixels), channels):
        found[part] = pixels[part] / _lrn_divisors(op, pixels[part])
    return ofm


def _lrn_divisors(op: nn.LrnOp, pixels: np.ndarray) -> np.ndarray:
    """Channels outside of the feature map are 0."""
    size, channels = op.size.value.data, pixels.shape[-1]
    squares = np.pad(pixels * pixels, ((0, 0), (op.first, size - 1 - op.first)))
    sums = sum(squares[:, k : k + channels] for k in range(size))
    scale = op.bias.value.data + op.alpha.value.data / size * sums
    return scale**op.beta.value.data


def softmax(op: nn.SoftmaxOp, ifm: np.ndarray) -> np.ndarray:
    axis = op.axis.value.data
    # The greatest exponent is 0, so that nothing overflows.
    powers = np.exp(ifm - ifm.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


FUNCTIONS = {
    nn.BatchNormOp: batch_norm,
    nn.LayerNormOp: layer_norm,
    nn.RmsNormOp: rms_norm,
    nn.LpNormOp: lp_norm,
    nn.LrnOp: lrn,
    nn.SoftmaxOp: softmax,
}
