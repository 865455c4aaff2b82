"""What a kernel sees as it slides over a feature map: windows, as views of it.

Nothing here depends on the kind of the elements.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def padded(ifm: np.ndarray, pad: Sequence[int], fill: float) -> np.ndarray:
    """An NHWC feature map in `fill`; `pad` is [top, left, bottom, right]."""
    top, left, bottom, right = pad
    if not any(pad):
        return ifm
    widths = ((0, 0), (top, bottom), (left, right), (0, 0))
    return np.pad(ifm, widths, constant_values=fill)


def windows(
    ifm: np.ndarray,
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int] = (1, 1),
) -> np.ndarray:
    """All windows over a padded NHWC feature map: a view [N, Y, X, KH, KW, C]."""
    reach = [(n - 1) * step + 1 for n, step in zip(kernel, dilation, strict=True)]
    view = sliding_window_view(ifm, reach, axis=(1, 2))
    view = view[:, :: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]
    return np.moveaxis(view, 3, -1)


def counts(
    ifm: np.ndarray, kernel: Sequence[int], stride: Sequence[int], pad: Sequence[int]
) -> np.ndarray:
    """How many elements of each window lie inside the feature map: [Y, X, 1]."""
    rows = _counts(ifm.shape[1], kernel[0], stride[0], pad[0], pad[2])
    columns = _counts(ifm.shape[2], kernel[1], stride[1], pad[1], pad[3])
    return np.outer(rows, columns)[..., np.newaxis]


def _counts(
    extent: int, kernel: int, stride: int, before: int, after: int
) -> np.ndarray:
    starts = np.arange(-before, extent + after - kernel + 1, stride)
    return np.minimum(starts + kernel, extent) - np.maximum(starts, 0)
