"""What a kernel sees as it slides over a feature map: windows, as views of it.

Nothing here depends on the kind of the elements.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import DTypeLike

from ... import nn


def padded(ifm: np.ndarray, pad: Sequence[int], fill: float) -> np.ndarray:
    """An NHWC feature map in `fill`; `pad` is [top, left, bottom, right]."""
    top, left, bottom, right = pad
    if not any(pad):
        return ifm
    widths = ((0, 0), (top, bottom), (left, right), (0, 0))
    return np.pad(ifm, widths, constant_values=fill)


class Sliding(NamedTuple):
    """How a kernel slides over a feature map; pad is [top, left, bottom, right]."""

    kernel: Sequence[int]
    stride: Sequence[int]
    pad: Sequence[int] = (0, 0, 0, 0)
    dilation: Sequence[int] = (1, 1)

    @property
    def reach(self) -> tuple[int, int]:
        """How many rows and columns lie between the ends of a window."""
        rows, columns = (
            (extent - 1) * step + 1
            for extent, step in zip(self.kernel, self.dilation, strict=True)
        )
        return rows, columns

    def windows(self, extents: Sequence[int]) -> tuple[int, int]:
        """How many windows a feature map of some rows and columns has, down and across.

        Each is 0 at least.
        """
        top, left, bottom, right = self.pad
        rows, columns = (
            max(0, (extent + around - reach) // stride + 1)
            for extent, around, reach, stride in zip(
                extents,
                (top + bottom, left + right),
                self.reach,
                self.stride,
                strict=True,
            )
        )
        return rows, columns


class Stripe(NamedTuple):
    """Some rows of windows of one image.

    frame: the padded rows under them, [1, rows, columns, channels].
    """

    image: int
    rows: slice
    frame: np.ndarray


POOL_BYTES = 1 << 22


def pool_height(ifm: np.ndarray, sliding: Sliding) -> int:
    """How many rows of windows a pool reduces at a time, in float64; one at least."""
    _, _, columns, channels = ifm.shape
    row_bytes = sliding.stride[0] * columns * channels * np.dtype(np.float64).itemsize
    return max(1, POOL_BYTES // max(1, row_bytes))


def sliding_of(op: nn.MaxPool2dOp | nn.AvgPool2dOp) -> Sliding:
    """How the window of a pool slides."""
    return Sliding(op.kernel.get_values(), op.stride.get_values(), op.pad.get_values())


def stripes(
    ifm: np.ndarray, sliding: Sliding, fill: float, height: int, dtype: DTypeLike
) -> Iterator[Stripe]:
    """An NHWC feature map `height` rows of windows at a time, each padded by itself.

    So no more than a stripe is ever there twice, or in a wider type.
    """
    images, extent, width, _ = ifm.shape
    top, left, _, right = sliding.pad
    rows, _ = sliding.windows((extent, width))
    for image in range(images):
        for row in range(0, rows, height):
            stop = min(row + height, rows)
            first = row * sliding.stride[0] - top
            last = (stop - 1) * sliding.stride[0] - top + sliding.reach[0]
            inside = slice(min(max(first, 0), extent), min(max(last, 0), extent))
            held = ifm[image : image + 1, inside].astype(dtype, order="C", copy=False)
            above = min(max(-first, 0), last - first)
            below = last - first - above - held.shape[1]
            frame = padded(held, (above, left, below, right), fill)
            yield Stripe(image, slice(row, stop), frame)


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
