"""Pixels at positions that a grid names."""

from math import prod

import numpy as np
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.semantics.grid_sample import grid_sample
from ..constant import Constant, Value
from ..network import Emitter
from ..on_host import on_host
from .interpolation import along_last
from .moving import joined, reshaped, shape, split

MOST_WEIGHTS = 1 << 22
"""Of a matrix in the place of a grid: 4 MiB, which take the machine some ms to read."""


def sampled(
    node: Emitter, ifm: SSAValue, grid: Value, mode: str, padding: str, *, corners: bool
) -> SSAValue:
    """[N, C, *before] at a grid [N, *after, axes]: [N, C, *after].

    A grid that is known is a matrix of what each pixel weighs; the host goes by others.
    A position is named last axis first, from -1 to 1: from the first pixel to the last
    with `corners`, else from edge to edge.

    Args:
        node: what the operators come from.
        ifm: the pixels.
        grid: where to take them.
        mode: linear, nearest or cubic.
        padding: what lies outside: zeros, border or reflection.
        corners: see above.

    Raises:
        VerifyException: the grid does not fit.
    """
    images, channels, *before = nn.shape(ifm)
    rank = len(before)
    if len(shape(grid)) != rank + 2 or (shape(grid)[0], shape(grid)[-1]) != (
        images,
        rank,
    ):
        raise VerifyException(f"a grid {list(shape(grid))} for {list(nn.shape(ifm))}")
    after = shape(grid)[1:-1]
    whole = (images, channels, *after)
    weights = prod(before) * prod(after)
    if not isinstance(grid, Constant) or weights > MOST_WEIGHTS:
        known = isinstance(grid, Constant)
        why = f"{weights} weights" if known else "a grid that is computed"
        options = {"mode": mode, "padding_mode": padding, "align_corners": int(corners)}
        kind = TensorType(f32, whole)
        return on_host(node, "GridSample", [ifm, grid], [kind], why, **options)[0]
    places = grid.reals.astype(np.float64)
    lines = reshaped(node, ifm, (images, channels, prod(before)))
    one = np.eye(prod(before)).reshape(1, prod(before), *before)

    def by(places: np.ndarray, value: SSAValue, name: str) -> SSAValue:
        found = grid_sample(one, places[np.newaxis], mode, padding, corners)
        matrix = found.reshape(prod(before), prod(after)).T
        return along_last(node, value, matrix, name)

    if (places == places[0]).all():
        return reshaped(node, by(places[0], lines, "grid"), whole)
    parts = split(node, lines, 0, [1] * images)
    found = [by(places[at], part, f"grid{at}") for at, part in enumerate(parts)]
    return reshaped(node, node.operand(joined(node, found, 0)), whole)
