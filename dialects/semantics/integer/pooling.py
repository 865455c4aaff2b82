"""Quantised operators that reduce a window, its rows first and then its columns."""

import numpy as np

from ... import nn
from .narrowing import centred, multipliers, narrow
from .windows import padded, windows

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
    return narrow(op, sums, np.array(factors)[counts(op, ifm) - 1], shift)


def counts(op: nn.AvgPool2dOp, ifm: np.ndarray) -> np.ndarray:
    """How many elements of the feature map each window covers, [1, rows, columns, 1]"""
    ones = np.ones((1, *ifm.shape[1:3], 1), np.int32)
    return reduced(np.add, padded(ones, op.pad.get_values(), 0), op)


def reduced(
    combine: np.ufunc, frame: np.ndarray, op: nn.MaxPool2dOp | nn.AvgPool2dOp
) -> np.ndarray:
    """`combine` over the windows of a padded feature map [N, H, W, C]."""
    (rows, columns), stride = op.kernel.get_values(), op.stride.get_values()
    lines = combine.reduce(windows(frame, (rows, 1), (stride[0], 1)), axis=(3, 4))
    return combine.reduce(windows(lines, (1, columns), (1, stride[1])), axis=(3, 4))
