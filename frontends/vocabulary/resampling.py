"""How formats say which pixels a resized feature map comes from: step and offset.

A convention maps a coordinate of the result to `step * coordinate + offset` in the
feature map; `ratio` is the extent of the result over that of the feature map, as far
as the format says it exactly.
"""

from collections.abc import Callable, Mapping

Line = tuple[float, float]
"""Step and offset."""


def half_pixel(before: int, after: int, ratio: float) -> Line:
    """The centres of pixels lie at halves."""
    return 1 / ratio, 0.5 / ratio - 0.5


def pytorch_half_pixel(before: int, after: int, ratio: float) -> Line:
    """As `half_pixel`, but one pixel alone is the first."""
    return half_pixel(before, after, ratio) if after > 1 else (0.0, 0.0)


def half_pixel_symmetric(before: int, after: int, ratio: float) -> Line:
    """As `half_pixel`, where the ratio leaves out a part, at both ends alike."""
    missing = 1 - after / (ratio * before)
    return 1 / ratio, before / 2 * missing + 0.5 / ratio - 0.5


def asymmetric(before: int, after: int, ratio: float) -> Line:
    """The first pixels lie on each other."""
    return 1 / ratio, 0.0


def half_pixel_for_nearest(before: int, after: int, ratio: float) -> Line:
    """The centres of the result, the corners of the feature map: to be rounded down."""
    return 1 / ratio, 0.5 / ratio


def align_corners(before: int, after: int, ratio: float) -> Line:
    """The first pixels lie on each other, and so do the last."""
    last = ratio * before - 1
    return ((before - 1) / last if last > 0 else 0.0), 0.0


CONVENTIONS: Mapping[str, Callable[[int, int, float], Line]] = {
    "half_pixel": half_pixel,
    "half_pixel_symmetric": half_pixel_symmetric,
    "pytorch_half_pixel": pytorch_half_pixel,
    "align_corners": align_corners,
    "asymmetric": asymmetric,
    "tf_half_pixel_for_nn": half_pixel_for_nearest,
}
