"""Moving elements: at once if they are known, by an operator if they are computed."""

from collections.abc import Sequence

import numpy as np

from ...dialects import nn
from ...dialects.nn import shapes
from .constant import Constant
from .node import Node, Value, shape

LARGEST = 1 << 24
"""Elements of a constant that is put together here."""


def reshaped(node: Node, value: Value, extents: Sequence[int]) -> Value:
    """The elements, in order, in another shape."""
    shapes.same_size(shape(value), tuple(extents))
    if isinstance(value, Constant):
        known = value.free()
        return known.moved(known.array.reshape(tuple(extents)))
    return node.emit(nn.ReshapeOp(value, extents))


def transposed(node: Node, value: Value, permutation: Sequence[int]) -> Value:
    """Axis i of the result is axis `permutation[i]`."""
    shapes.transpose(shape(value), permutation)
    if isinstance(value, Constant):
        known = value.free()
        return known.moved(known.array.transpose(permutation))
    return node.emit(nn.TransposeOp(value, permutation))


def taken(node: Node, value: Value, along: Sequence[range]) -> Value:
    """The elements at these places along each axis; at least one."""
    starts = [places.start for places in along]
    sizes = [len(places) for places in along]
    strides = [places.step for places in along]
    shapes.slice(shape(value), starts, sizes, strides)
    if isinstance(value, Constant):
        known = value.free()
        return known.moved(known.array[np.ix_(*along)])
    return node.emit(nn.SliceOp(value, starts, sizes, strides))


def concatenated(node: Node, values: Sequence[Value], axis: int) -> Value:
    """The values, one after another along an axis."""
    constants = [value for value in values if isinstance(value, Constant)]
    if len(constants) == len(values):
        if sum(value.array.size for value in constants) > LARGEST:
            raise node.unsupported(f"a constant of more than {LARGEST} elements")
        shapes.concat([value.array.shape for value in constants], axis)
        first, *others = constants
        alike = all(other.quantisation is first.quantisation for other in others)
        arrays = [value.array if alike else value.reals for value in constants]
        array = np.concatenate(arrays, axis)
        return Constant(node.name, array, first.quantisation if alike else None)
    return node.emit(nn.ConcatOp([node.operand(value) for value in values], axis))
