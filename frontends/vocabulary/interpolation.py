"""Pixels between pixels, where these and their weights are known: as products.

Along an axis a result is a weighted sum of some elements: a matrix of weights does it.
"""

from collections.abc import Callable, Sequence
from math import floor

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter
from .moving import reshaped, swapped
from .resampling import Line

NEAR = 2
"""So many elements on either side of a position are in a cubic sum."""


def cubic(distance: np.ndarray, coefficient: float) -> np.ndarray:
    """How much an element weighs at a distance.

    Source: Keys 1981, Cubic Convolution Interpolation, eq. 4 in its general form.
    """
    x, a = np.abs(distance), coefficient
    inner = ((a + 2) * x - (a + 3)) * x * x + 1
    outer = a * (((x - 5) * x + 8) * x - 4)
    return np.where(x <= 1, inner, np.where(x < 2, outer, 0.0))


def cubic_weights(
    before: int,
    after: int,
    line: Line,
    coefficient: float,
    *,
    exclude_outside: bool = False,
    grain: int | None = None,
) -> np.ndarray:
    """A matrix [after, before]; outside is the edge, or nothing is.

    With a `grain`, positions are taken to so many parts of a pixel.
    """
    step, offset = line
    weights = np.zeros((after, before))
    for row in range(after):
        position = step * row + offset
        first = floor(position) - NEAR + 1
        if grain is not None:
            position = round(position * grain) / grain
        places = np.arange(first, first + 2 * NEAR)
        found = cubic(position - places, coefficient)
        if exclude_outside:
            found = np.where((places >= 0) & (places < before), found, 0.0)
            found /= found.sum()
        np.add.at(weights[row], places.clip(0, before - 1), found)
    return weights


def smoothed_weights(
    before: int, after: int, kernel: Callable[[np.ndarray], np.ndarray], reach: int
) -> np.ndarray:
    """A matrix [after, before] whose kernel is as wide as the steps, if these are long.

    The centres of pixels lie at halves; what lies outside does not count.
    """
    step = before / after
    wide = max(step, 1.0)
    weights = np.zeros((after, before))
    for row in range(after):
        centre = step * (row + 0.5)
        first = max(int(centre - reach * wide + 0.5), 0)
        last = min(int(centre + reach * wide + 0.5), before)
        found = kernel((np.arange(first, last) - centre + 0.5) / wide)
        weights[row, first:last] = found / found.sum()
    return weights


def triangle(distance: np.ndarray) -> np.ndarray:
    """The kernel of a linear interpolation."""
    return np.maximum(1 - np.abs(distance), 0.0)


def interpolated(
    node: Emitter, ifm: SSAValue, weights: Sequence[np.ndarray]
) -> SSAValue:
    """[N, C, H, W] or [N, C, W], summed by a matrix [after, before] for each last axis.

    Raises:
        UnsupportedError: a matrix would be too large.
    """
    *rest, columns = weights
    value = along_last(node, ifm, columns, "columns")
    if not rest or _changes_nothing(rest[0]):
        return value
    turned = along_last(node, swapped(node, value), rest[0], "rows")
    return swapped(node, turned)


def along_last(
    node: Emitter, value: SSAValue, weights: np.ndarray, name: str
) -> SSAValue:
    """`ofm[..., i] = sum(weights[i, j] * value[..., j])`; nothing, if that is so."""
    node.check_size(weights.shape)
    if _changes_nothing(weights):
        return value
    *leading, depth = nn.shape(value)
    lines = reshaped(node, value, (int(np.prod(leading)), depth))
    matrix = node.weight(f"{node.name}/{name}", weights)
    ofm = nn.FullyConnectedOp(lines, matrix, node.no_bias(len(weights)))
    return reshaped(node, node.emit(ofm), (*leading, len(weights)))


def _changes_nothing(weights: np.ndarray) -> bool:
    return np.array_equal(weights, np.eye(len(weights)))
