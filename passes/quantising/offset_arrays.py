"""The arithmetic of offsets: one number, one a channel [C], or one an element."""

import numpy as np
from numpy.typing import NDArray
from xdsl.ir import SSAValue

from ...dialects import nn

Array = NDArray[np.float64]

NONE = np.zeros(1)


def full(offset: Array, value: SSAValue) -> Array:
    """An offset for each element of a tensor; no memory is taken."""
    return np.broadcast_to(offset, nn.shape(value))


def last_axis(offset: Array) -> Array | None:
    """An offset [..., C] as one a channel [C]; None if it differs along others."""
    if offset.ndim == 0:
        return None
    rows = offset.reshape(-1, offset.shape[-1])
    return rows[0] if (rows == rows[0]).all() else None


def compact(offset: Array) -> Array:
    """An offset without the axes along which it is the same; they are 1."""
    for axis in range(offset.ndim):
        first = offset.take([0], axis)
        if (offset == first).all():
            offset = first
    return offset


def lowered_clamp(clamp: nn.ClampAttr, offset: Array) -> nn.ClampAttr | None:
    """A clamp of what is less by an offset; None if it would be several."""
    if clamp == nn.NO_CLAMP:
        return clamp
    least = float(offset.min())
    if least != offset.max():
        return None
    low, high = clamp.data
    return nn.ClampAttr(nn.Clamp(low - least, high - least))


def sums(weight: Array, columns: Array) -> Array:
    """What a product makes of an offset a channel: `weight` [M, ..., C / groups]."""
    per_column = weight.reshape(len(weight), -1, weight.shape[-1]).sum(axis=1)
    groups = columns.reshape(-1, weight.shape[-1])
    of_filter = np.repeat(groups, len(weight) // len(groups), axis=0)
    return (per_column * of_filter).sum(axis=1)
