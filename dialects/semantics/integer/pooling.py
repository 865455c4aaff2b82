"""Quantised operators that reduce a window, its rows first and then its columns."""

import numpy as np

from ... import nn
from ..real.windows import counts, padded, windows
from .narrowing import centred, multipliers, narrow

LEAST = -128


def max_pool2d(op: nn.MaxPool2dOp, ifm: np.ndarray) -> np.ndarray:
    frame = padded(ifm, op.pad.get_values(), LEAST)
    return reduced(np.maximum, frame, op)


def avg_pool2d(op: nn.AvgPool2dOp, ifm: np.ndarray) -> np.ndarray:
    factors, shift = multipliers(op, op.rescale)
    frame = padded(centred(ifm, op.ifm), op.pad.get_values(), 0)
    sums = reduced(np.add, frame, op)
    if len(factors) == 1:
        return narrow(op, sums, factors[0], shift)
    inside = counts(
        ifm, op.kernel.get_values(), op.stride.get_values(), op.pad.get_values()
    )
    return narrow(op, sums, np.array(factors)[inside - 1], shift)


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
