"""Elements picked along an axis, each by an index of its own."""

import numpy as np
from xdsl.utils.exceptions import VerifyException

from ..constant import Value
from ..network import Emitter
from .moving import gathered, reshaped, shape, taken


def picked(node: Emitter, value: Value, axis: int, indices: np.ndarray) -> Value:
    """`ofm[i, j, k] = value[i, indices[i, j, k], k]`, for the axis 1 of three.

    Indices may count from the end, and be fewer along the other axes. Those that are
    alike for all of these move whole parts.

    Raises:
        VerifyException: they do not fit the tensor.
        UnsupportedError: they are of too many runs of elements.
    """
    extents, wanted = shape(value), indices.shape
    others = [n for n in range(len(extents)) if n != axis]
    if len(wanted) != len(extents) or any(wanted[n] > extents[n] for n in others):
        raise VerifyException(f"indices {list(wanted)} of a tensor {list(extents)}")
    value = taken(node, value, {n: range(wanted[n]) for n in others})
    rows = np.moveaxis(indices, axis, -1).reshape(-1, wanted[axis])
    if len(rows) and (rows == rows[0]).all():
        return gathered(node, value, axis, rows[0])
    extent = extents[axis]
    if indices.min(initial=0) < -extent or indices.max(initial=0) >= extent:
        raise VerifyException(f"indices up to {indices.max()} of {extent} elements")
    places = np.arange(np.prod(shape(value))).reshape(shape(value))
    flat = np.take_along_axis(places, indices % extent, axis)
    return gathered(node, reshaped(node, value, (places.size,)), 0, flat)
