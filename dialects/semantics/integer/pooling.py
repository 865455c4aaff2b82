"""Quantised operators that reduce a window, its rows first and then its columns."""

import numpy as np

from ... import nn
from ...quant import uniform
from ..real.windows import counts, padded, windows
from ..requantise import requantise
from .narrowing import multipliers

LEAST = -128


def max_pool2d(op: nn.MaxPool2dOp, ifm: np.ndarray) -> np.ndarray:
    frame = padded(ifm, op.pad.get_values(), LEAST)
    return reduced(np.maximum, frame, op)


def avg_pool2d(op: nn.AvgPool2dOp, ifm: np.ndarray) -> np.ndarray:
    factors, shift = multipliers(op, op.rescale)
    zero_ifm, zero_ofm = op.zero_points
    centred = np.subtract(ifm, zero_ifm, dtype=np.int32)
    sums = reduced(np.add, padded(centred, op.pad.get_values(), 0), op)
    factor = np.array(factors)
    if len(factors) > 1:
        inside = counts(
            ifm, op.kernel.get_values(), op.stride.get_values(), op.pad.get_values()
        )
        factor = factor[inside - 1]
    return requantise(sums, factor, shift, zero_ofm, *uniform(op.ofm).limits)


def reduced(
    combine: np.ufunc, frame: np.ndarray, op: nn.MaxPool2dOp | nn.AvgPool2dOp
) -> np.ndarray:
    """`combine` over the windows of a padded feature map [N, H, W, C]."""
    (rows, columns), stride = op.kernel.get_values(), op.stride.get_values()
    lines = combine.reduce(windows(frame, (rows, 1), (stride[0], 1)), axis=(3, 4))
    return combine.reduce(windows(lines, (1, columns), (1, stride[1])), axis=(3, 4))


FUNCTIONS = {
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
}
