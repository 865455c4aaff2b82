"""Reals between the rows and columns of a feature map."""

import numpy as np

from ... import nn

WHOLE = 1e-6
"""A position nearer than this to a row lies on it: a step of 1 / 3 is not exact."""

SINGLE = 2.0**-23
"""Of a position: as near as float32 can tell, in which formats have their steps."""

ROUNDINGS = {
    "floor": np.floor,
    "ceil": np.ceil,
    "half_up": lambda positions: np.floor(snapped(positions + 0.5)),
    "half_down": lambda positions: np.ceil(snapped(positions - 0.5)),
}


def resize(op: nn.ResizeOp, ifm: np.ndarray) -> np.ndarray:
    """Rows first, then columns."""
    method = op.method.data
    ofm = ifm
    for axis, size, step, offset in zip(
        (1, 2),
        op.size.get_values(),
        op.step.get_values(),
        op.offset.get_values(),
        strict=True,
    ):
        places = positions(size, step, offset, ifm.shape[axis])
        if method == "linear":
            ofm = interpolated(ofm, places, axis)
        else:
            ofm = ofm.take(nearest(places, method, ifm.shape[axis]), axis)
    return ofm


def positions(size: int, step: float, offset: float, extent: int) -> np.ndarray:
    """Where in an extent each of `size` elements comes from; none is outside."""
    return snapped(np.arange(size) * step + offset).clip(0, extent - 1)


def snapped(positions: np.ndarray) -> np.ndarray:
    """Positions that are whole but for the error of their step become whole."""
    whole = np.rint(positions)
    near = np.isclose(positions, whole, rtol=SINGLE, atol=WHOLE)
    return np.where(near, whole, positions)


def nearest(positions: np.ndarray, method: str, extent: int) -> np.ndarray:
    """The neighbour that a method takes of each position."""
    return ROUNDINGS[method](positions).astype(np.int64).clip(0, extent - 1)


def interpolated(ifm: np.ndarray, positions: np.ndarray, axis: int) -> np.ndarray:
    """In proportion, between the neighbours of each position."""
    low = np.floor(positions).astype(np.int64)
    high = np.minimum(low + 1, ifm.shape[axis] - 1)
    along = [-1 if at == axis else 1 for at in range(ifm.ndim)]
    share = (positions - low).astype(ifm.dtype).reshape(along)
    return ifm.take(low, axis) * (1 - share) + ifm.take(high, axis) * share


FUNCTIONS = {nn.ResizeOp: resize}
