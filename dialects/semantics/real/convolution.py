"""Multiplying and accumulating reals: im2col, then one matrix product a group."""

import numpy as np

from ... import nn
from .elementwise import clamped
from .windows import Sliding, stripes, windows

STRIPE_BYTES = 1 << 22
"""What is unfolded at a time: enough rows for a product that is worth its weights."""


def conv2d(
    op: nn.Conv2dOp,
    ifm: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    slope: np.ndarray | None = None,
) -> np.ndarray:
    """ifm [N, H, W, C] with weight [M, KH, KW, C / groups], bias [M] and slope [M]."""
    stride, dilation = op.stride.get_values(), op.dilation.get_values()
    sliding = Sliding(weight.shape[1:3], stride, op.pad.get_values(), dilation)
    rows, columns = sliding.windows(ifm.shape[1:3])
    groups = op.groups.value.data
    depthwise = groups == ifm.shape[3] == weight.shape[0]
    convolve = _depthwise if depthwise else _grouped
    dtype = np.result_type(ifm, weight)
    row_bytes = columns * weight[0].size * groups * dtype.itemsize
    height = max(1, STRIPE_BYTES // max(1, row_bytes))
    ofm = np.empty((len(ifm), rows, columns, len(weight)), dtype)
    for image, place, frame in stripes(ifm, sliding, 0, height, dtype):
        sums = convolve(windows(frame, sliding.kernel, stride, dilation), weight)
        sums += bias
        ofm[image, place] = clamped(leaky(sums[0], slope), op.activation.data)
    return ofm


def _depthwise(patches: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Each channel with its own kernel; weight [C, KH, KW, 1]."""
    return np.einsum("nyxijc,ijc->nyxc", patches, np.moveaxis(weight[..., 0], 0, -1))


def _grouped(patches: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Groups of channels, each a matrix product; patches [N, Y, X, KH, KW, C]."""
    images, rows, columns, *kernel, channels = patches.shape
    group_channels = weight.shape[3]
    groups, taps = channels // group_channels, kernel[0] * kernel[1]
    pixels = images * rows * columns
    lhs = patches.reshape(pixels, taps, groups, group_channels)
    lhs = lhs.transpose(2, 0, 1, 3).reshape(groups, pixels, taps * group_channels)
    rhs = weight.reshape(groups, -1, taps * group_channels).transpose(0, 2, 1)
    return (lhs @ rhs).transpose(1, 0, 2).reshape(images, rows, columns, -1)


def conv_transpose2d(
    op: nn.ConvTranspose2dOp, ifm: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Every element of the kernel adds its product with the ifm, strides apart.

    ifm [N, H, W, C], weight [M, KH, KW, C / groups], bias [M].
    """
    (stride_y, stride_x), dilation = op.stride.get_values(), op.dilation.get_values()
    top, left, bottom, right = op.pad.get_values()
    images, rows, columns, channels = nn.shape(op.ofm)
    whole = (images, rows + top + bottom, columns + left + right, channels)
    ofm = np.zeros(whole, np.result_type(ifm, weight))
    height, width = ifm.shape[1] * stride_y, ifm.shape[2] * stride_x
    for row, column in np.ndindex(*weight.shape[1:3]):
        y, x = row * dilation[0], column * dilation[1]
        products = _by_group(ifm, weight[:, row, column], op.groups.value.data)
        ofm[:, y : y + height : stride_y, x : x + width : stride_x] += products
    inside = ofm[:, top : top + rows, left : left + columns]
    return clamped(inside + bias, op.activation.data)


def _by_group(ifm: np.ndarray, weight: np.ndarray, groups: int) -> np.ndarray:
    """ifm [N, H, W, C] times weight [M, C / groups], each group by itself."""
    split = ifm.reshape(*ifm.shape[:3], groups, 1, -1)
    matrices = weight.reshape(groups, -1, weight.shape[-1]).swapaxes(1, 2)
    return (split @ matrices).reshape(*ifm.shape[:3], -1)


def fully_connected(
    op: nn.FullyConnectedOp,
    ifm: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    slope: np.ndarray | None = None,
) -> np.ndarray:
    """ifm [N, K] with weight [M, K], bias [M] and slope [M]."""
    return clamped(leaky(ifm @ weight.T + bias, slope), op.activation.data)


def leaky(sums: np.ndarray, slope: np.ndarray | None) -> np.ndarray:
    """What is below 0 times the slope of its channel, if there are slopes."""
    return sums if slope is None else np.where(sums < 0, sums * slope, sums)


def matmul(op: nn.MatMulOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """lhs [..., M, K] with rhs [..., K, N], or [..., N, K] if that is transposed."""
    return lhs @ (rhs if op.transposed is None else rhs.swapaxes(-1, -2))


FUNCTIONS = {
    nn.Conv2dOp: conv2d,
    nn.ConvTranspose2dOp: conv_transpose2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
}
