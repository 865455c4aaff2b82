"""Elements put around a tensor: a number, the edge again, or what lies behind it.

Pads are pairs, before and after, one for each axis.
"""

from collections.abc import Sequence

import numpy as np
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.nn import shapes
from ..constant import Constant, Value
from ..network import Emitter
from .moving import Moved, joined, shape, taken

Pads = Sequence[tuple[int, int]]


def padded(node: Emitter, value: Value, pads: Pads, fill: float = 0.0) -> Value:
    """With a number around; a pad below 0 takes elements away."""
    _check_rank(value, pads)
    value = cropped(node, value, [(max(-a, 0), max(-b, 0)) for a, b in pads])
    low, high = ([max(pair[side], 0) for pair in pads] for side in (0, 1))
    if not any((*low, *high)):
        return value
    if isinstance(value, Constant):
        node.check_size(shapes.pad(shape(value), low, high))
        around = list(zip(low, high, strict=True))
        return Constant(value.name, np.pad(value.reals, around, constant_values=fill))
    return node.emit(nn.PadOp(value, low, high, fill))


def cropped(node: Emitter, value: Moved, crops: Pads) -> Moved:
    """Without so many elements before and after."""
    _check_rank(value, crops)
    extents = shape(value)
    along = {
        axis: range(before, extents[axis] - after)
        for axis, (before, after) in enumerate(crops)
    }
    return taken(node, value, along)


def mirrored(node: Emitter, value: Value, pads: Pads, *, edge: bool = False) -> Value:
    """With what lies next to each edge, in reverse; the `edge` itself again, or not."""
    skipped = 0 if edge else 1
    _check_rank(value, pads)
    for axis, (before, after) in enumerate(pads):
        extent = shape(value)[axis]
        _check(before, after, extent - skipped)
        last = extent - 1 - skipped
        places = (
            range(before - 1 + skipped, skipped - 1, -1),
            range(extent),
            range(last, last - after, -1),
        )
        value = _put_together(node, value, axis, places)
    return value


def repeated_edges(node: Emitter, value: Value, pads: Pads) -> Value:
    """With the first and the last element of each axis, again and again."""
    _check_rank(value, pads)
    for axis, (before, after) in enumerate(pads):
        extent = shape(value)[axis]
        if min(before, after) < 0:
            raise VerifyException(f"pads {before} and {after} of {extent} elements")
        if before or after:
            first = taken(node, value, {axis: range(1)}) if before else value
            last = taken(node, value, {axis: range(extent - 1, extent)})
            parts = [first] * before + [value] + [last] * after
            value = joined(node, parts, axis)
    return value


def wrapped(node: Emitter, value: Value, pads: Pads) -> Value:
    """With what lies at the other end, as if the axis were a circle."""
    _check_rank(value, pads)
    for axis, (before, after) in enumerate(pads):
        extent = shape(value)[axis]
        _check(before, after, extent)
        places = (range(extent - before, extent), range(extent), range(after))
        value = _put_together(node, value, axis, places)
    return value


def _put_together(
    node: Emitter, value: Value, axis: int, places: Sequence[range]
) -> Value:
    """Parts of one tensor, one after another along an axis."""
    parts = [taken(node, value, {axis: along}) for along in places if along]
    return joined(node, parts, axis)


def _check_rank(value: Value, pads: Pads) -> None:
    if len(pads) != len(shape(value)):
        pairs = [list(pair) for pair in pads]
        raise VerifyException(f"pads {pairs} of the shape {list(shape(value))}")


def _check(before: int, after: int, most: int) -> None:
    if not (0 <= before <= most and 0 <= after <= most):
        raise VerifyException(f"pads {before} and {after}, expected 0 to {most}")
