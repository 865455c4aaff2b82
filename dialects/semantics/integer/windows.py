"""The windows of a feature map, as views: what convolution and pooling walk over."""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...nn.shapes import window_count


def padded(ifm: np.ndarray, pad: Sequence[int], value: int) -> np.ndarray:
    """`ifm` [N, H, W, C] within a frame of `value`; pad is [top, left, bottom, right].

    Without padding it is `ifm` itself.
    """
    if not any(pad):
        return ifm
    top, left, bottom, right = pad
    frame = ((0, 0), (top, bottom), (left, right), (0, 0))
    return np.pad(ifm, frame, constant_values=value)


def windows(
    ifm: np.ndarray,
    kernel: Sequence[int],
    stride: Sequence[int] = (1, 1),
    dilation: Sequence[int] = (1, 1),
) -> np.ndarray:
    """A view [N, rows, columns, KH, KW, C] of a padded feature map [N, H, W, C]."""
    batch, height, width, channels = ifm.shape
    rows = window_count(height, kernel[0], stride[0], dilation[0])
    columns = window_count(width, kernel[1], stride[1], dilation[1])
    image, row, column, channel = ifm.strides
    return as_strided(
        ifm,
        (batch, rows, columns, *kernel, channels),
        (
            image,
            row * stride[0],
            column * stride[1],
            row * dilation[0],
            column * dilation[1],
            channel,
        ),
        writeable=False,
    )
