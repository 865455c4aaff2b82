"""ONNX's GridSample: the elements of a feature map at positions that a tensor names.

In place of onnx's own implementation, which goes element by element, knows no mode by
the name that it had in opset 16, and takes positions beyond the border for the border
where the mode is cubic. This is what onnxruntime and PyTorch compute.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod

import numpy as np
from onnx.reference.op_run import OpRun

Taps = Sequence[tuple[np.ndarray, np.ndarray | float]]
"""Along an axis: the elements that a position is made of, and how much of each."""

CUBIC = -0.75
"""The slope of the cubic at a distance of 1: Keys 1981, as PyTorch has it."""


def grid_sample(
    ifm: np.ndarray, grid: np.ndarray, mode: str, padding: str, align_corners: bool
) -> np.ndarray:
    """[N, C, *after] of an ifm [N, C, *before] and a grid [N, *after, axes].

    A position is named last axis first, from -1 to 1: from the first element to the
    last, or, unless `align_corners`, from the edge of the one to that of the other.

    Raises:
        ValueError: there is no such mode, or no such padding.
    """
    if mode not in MODES or padding not in PADDINGS:
        raise ValueError(f"no mode '{mode}' with the padding '{padding}'")
    images, channels, *extents = ifm.shape
    if grid.ndim != ifm.ndim or grid.shape[-1] != len(extents):
        raise ValueError(f"a grid {list(grid.shape)} for {list(ifm.shape)}")
    taps: list[Taps] = []
    for axis, extent in enumerate(extents):
        named = (grid[..., len(extents) - 1 - axis] + 1) / 2
        reach = extent - 1 if align_corners else extent
        taps.append(MODES[mode](named * reach - (0 if align_corners else 0.5)))
    flat = ifm.reshape(images, channels, prod(extents))
    ofm = np.zeros((images, channels, *grid.shape[1:-1]), ifm.dtype)
    for chosen in product(*taps):
        place, share = np.zeros(grid.shape[:-1], np.int64), np.ones((), ifm.dtype)
        for extent, (index, part) in zip(extents, chosen, strict=True):
            inside, known = PADDINGS[padding](index, extent, align_corners)
            place = place * extent + inside
            share = share * part * known
        for image in range(images):
            ofm[image] += flat[image][:, place[image]] * share[image]
    return ofm


def nearest(positions: np.ndarray) -> Taps:
    """Half to even."""
    return [(np.rint(positions).astype(np.int64), np.ones_like(positions))]


def linear(positions: np.ndarray) -> Taps:
    low = np.floor(positions)
    share, first = positions - low, low.astype(np.int64)
    return [(first, 1 - share), (first + 1, share)]


def cubic(positions: np.ndarray) -> Taps:
    low = np.floor(positions)
    share, first = positions - low, low.astype(np.int64)
    return [(first + k, weight(np.abs(share - k))) for k in (-1, 0, 1, 2)]


def weight(distance: np.ndarray) -> np.ndarray:
    """What an element at a distance of up to 2 adds to a cubic."""
    near = ((CUBIC + 2) * distance - (CUBIC + 3)) * distance**2 + 1
    far = CUBIC * (((distance - 5) * distance + 8) * distance - 4)
    return np.where(distance <= 1, near, far)


MODES: Mapping[str, Callable[[np.ndarray], Taps]] = {
    "bicubic": cubic,
    "bilinear": linear,
    "cubic": cubic,
    "linear": linear,
    "nearest": nearest,
}

Padded = tuple[np.ndarray, np.ndarray | bool]
"""Indices of elements, and whether what lies there is one."""


def zeros(index: np.ndarray, extent: int, align_corners: bool) -> Padded:
    return index.clip(0, extent - 1), (index >= 0) & (index < extent)


def border(index: np.ndarray, extent: int, align_corners: bool) -> Padded:
    return index.clip(0, extent - 1), True


def reflection(index: np.ndarray, extent: int, align_corners: bool) -> Padded:
    """About the first and the last element, or about the edges of these."""
    if align_corners:
        period = max(2 * (extent - 1), 1)
        back = index % period
        return np.minimum(back, period - back) if extent > 1 else back * 0, True
    back = index % (2 * extent)
    return np.minimum(back, 2 * extent - 1 - back), True


PADDINGS: Mapping[str, Callable[[np.ndarray, int, bool], Padded]] = {
    "border": border,
    "reflection": reflection,
    "zeros": zeros,
}


class GridSample(OpRun):
    """The operator, as onnx's evaluator calls it."""

    op_domain = ""

    def _run(
        self,
        ifm: np.ndarray,
        grid: np.ndarray,
        mode: str = "linear",
        padding_mode: str = "zeros",
        align_corners: int = 0,
    ) -> tuple[np.ndarray]:
        return (grid_sample(ifm, grid, mode, padding_mode, bool(align_corners)),)
