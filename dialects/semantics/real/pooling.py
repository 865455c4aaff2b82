"""Reducing windows of reals."""

import numpy as np

from ... import nn
from .windows import counts, padded, windows


def max_pool2d(op: nn.MaxPool2dOp, ifm: np.ndarray) -> np.ndarray:
    outside = padded(ifm, op.pad.get_values(), -np.inf)
    view = windows(outside, op.kernel.get_values(), op.stride.get_values())
    return view.max(axis=(3, 4))


def avg_pool2d(op: nn.AvgPool2dOp, ifm: np.ndarray) -> np.ndarray:
    """Sums in float64, as those of reductions."""
    kernel, stride = op.kernel.get_values(), op.stride.get_values()
    pad = op.pad.get_values()
    view = windows(padded(ifm, pad, 0), kernel, stride)
    sums = view.sum(axis=(3, 4), dtype=np.float64)
    if op.counting_pad is not None:
        return (sums / (kernel[0] * kernel[1])).astype(ifm.dtype)
    # A window that lies in the padding alone has the sum 0, and stays 0.
    inside = counts(ifm, kernel, stride, pad).clip(min=1)
    return (sums / inside).astype(ifm.dtype)


FUNCTIONS = {
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
}
