"""Reducing windows of reals."""

from math import prod

import numpy as np

from ... import nn
from .windows import counts, pool_height, sliding_of, stripes, windows


def max_pool2d(op: nn.MaxPool2dOp, ifm: np.ndarray) -> np.ndarray:
    ofm = np.empty(nn.shape(op.ofm), ifm.dtype)
    sliding = sliding_of(op)
    height = pool_height(ifm, sliding)
    for image, rows, frame in stripes(ifm, sliding, -np.inf, height, ifm.dtype):
        view = windows(frame, sliding.kernel, sliding.stride)
        ofm[image, rows] = view[0].max(axis=(2, 3))
    return ofm


def avg_pool2d(op: nn.AvgPool2dOp, ifm: np.ndarray) -> np.ndarray:
    """Sums in float64, as those of reductions."""
    ofm = np.empty(nn.shape(op.ofm), ifm.dtype)
    sliding = sliding_of(op)
    # A window that lies in the padding alone has the sum 0, and stays 0.
    inside = counts(ifm, sliding.kernel, sliding.stride, sliding.pad).clip(min=1)
    if op.counting_pad is not None:
        inside = np.full_like(inside, prod(sliding.kernel))
    height = pool_height(ifm, sliding)
    for image, rows, frame in stripes(ifm, sliding, 0, height, ifm.dtype):
        view = windows(frame, sliding.kernel, sliding.stride)
        ofm[image, rows] = view[0].sum(axis=(2, 3), dtype=np.float64) / inside[rows]
    return ofm


FUNCTIONS = {
    nn.MaxPool2dOp: max_pool2d,
    nn.AvgPool2dOp: avg_pool2d,
}
