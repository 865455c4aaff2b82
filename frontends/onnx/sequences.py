"""Sequences of tensors: each of their elements is known by itself in a conversion.

What is computed is only what comes out of them again.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..constant import Constant, Value
from ..vocabulary.moving import joined, shape, split, squeezed, stacked
from .node import Node

Elements = Sequence[Value]

Converter = Callable[[Node, Elements], Value | Elements]
"""From a node and the elements of the sequence that it reads, if it reads one."""


def construct(node: Node, elements: Elements) -> Elements:
    return node.values()


def empty(node: Node, elements: Elements) -> Elements:
    node.ignore("dtype")
    return []


def same(node: Node, elements: Elements) -> Elements:
    return elements


def at(node: Node, elements: Elements) -> Value:
    return elements[_place(node, 1, len(elements))]


def length(node: Node, elements: Elements) -> Value:
    return Constant(node.proto.output[0], np.array(len(elements)))


def insert(node: Node, elements: Elements) -> Elements:
    """Before an element, or behind all of them."""
    place = len(elements)
    if node.has(2):
        place = _place(node, 2, len(elements) + 1, count=len(elements))
    return [*elements[:place], node.value(1), *elements[place:]]


def erase(node: Node, elements: Elements) -> Elements:
    """Without an element, or without the last."""
    place = _place(node, 1, len(elements)) if node.has(1) else len(elements) - 1
    if not elements:
        raise node.wrong("it takes an element from a sequence that has none")
    return [*elements[:place], *elements[place + 1 :]]


def _place(node: Node, position: int, end: int, count: int | None = None) -> int:
    """Where an input says, which may count from the end of `count` elements."""
    count = end if count is None else count
    found = node.constant_integers(position)
    if len(found) != 1 or not -count <= found[0] < end:
        raise node.wrong(f"place {found} of a sequence of {count} tensors")
    return found[0] if found[0] >= 0 else found[0] + count


def to_sequence(node: Node, elements: Elements) -> Elements:
    """Parts of one size, of which the last may be smaller, or of given sizes.

    Without sizes single elements, whose axis goes unless `keepdims`.
    """
    value = node.value(0)
    axis = node.axis(node.integer("axis", 0), len(shape(value)))
    extent, keep = shape(value)[axis], node.integer("keepdims", 1)
    if not node.has(1):
        parts = split(node, value, axis, [1] * extent)
        return parts if keep else [squeezed(node, part, [axis]) for part in parts]
    sizes = node.constant_integers(1)
    if node.constant(1).array.ndim == 0:
        (size,) = sizes
        if size < 1:
            raise node.wrong(f"parts of {size} elements")
        sizes = [min(size, extent - start) for start in range(0, extent, size)]
    return split(node, value, axis, sizes)


def from_sequence(node: Node, elements: Elements) -> Value:
    """All elements, one after another along an axis, or along a new one."""
    if not elements:
        raise node.wrong("it joins a sequence that has no tensors")
    new = node.integer("new_axis", 0)
    axis = node.axis(node.integer("axis"), len(shape(elements[0])) + new)
    if new:
        return stacked(node, elements, axis)
    return joined(node, elements, axis)


CONVERTERS: Mapping[str, Converter] = {
    "SequenceConstruct": construct,
    "SequenceEmpty": empty,
    "SequenceAt": at,
    "SequenceLength": length,
    "SequenceInsert": insert,
    "SequenceErase": erase,
    "SplitToSequence": to_sequence,
    "ConcatFromSequence": from_sequence,
    "Identity": same,
}
"""Nodes that read or write sequences; the last one only if it reads one."""
