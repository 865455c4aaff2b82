"""Quantised operators that reduce a window, its rows first and then its columns."""

import numpy as np

from ... import nn
from ...quant import uniform
from ..real.windows import Sliding, counts, pool_height, sliding_of, stripes, windows
from ..requantise import requantise
from .narrowing import multipliers

LEAST = -128


def max_pool2d(op: nn.MaxPool2dOp, ifm: np.ndarray) -> np.ndarray:
    ofm = np.empty(nn.shape(op.ofm), np.int8)
    sliding = sliding_of(op)
    height = pool_height(ifm, sliding)
    for image, rows, frame in stripes(ifm, sliding, LEAST, height, np.int8):
        (ofm[image, rows],) = reduced(np.maximum, frame, sliding)
    return ofm


def avg_pool2d(op: nn.AvgPool2dOp, ifm: np.ndarray) -> np.ndarray:
    factors, shift = multipliers(op, op.rescale)
    zero_ifm, zero_ofm = op.zero_points
    sliding = sliding_of(op)
    inside = counts(ifm, sliding.kernel, sliding.stride, sliding.pad)
    factor = np.array(factors)[inside - 1 if len(factors) > 1 else inside * 0]
    ofm = np.empty(nn.shape(op.ofm), np.int8)
    height = pool_height(ifm, sliding)
    for image, rows, frame in stripes(ifm, sliding, zero_ifm, height, np.int8):
        centred = np.subtract(frame, zero_ifm, dtype=np.int32)
        (sums,) = reduced(np.add, centred, sliding)
        limits = uniform(op.ofm).limits
        ofm[image, rows] = requantise(sums, factor[rows], shift, zero_ofm, *limits)
    return ofm


def reduced(combine: np.ufunc, frame: np.ndarray, sliding: Sliding) -> np.ndarray:
    """`combine` over the windows of a padded feature map [N, H, W, C]."""
    (rows, columns), stride = sliding.kernel, sliding.stride
    lines = combine.reduce(windows(frame, (rows, 1), (stride[0], 1)), axis=(3, 4))
    return combine.reduce(windows(lines, (1, columns), (1, stride[1])), axis=(3, 4))


FUNCTIONS = {
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
}
