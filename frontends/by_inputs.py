"""Converters of nodes that say in their inputs how to move: TensorFlow's and TFLite's.

The first input is what is moved, those after it are constants, where nothing else is
said.
"""

from xdsl.ir import SSAValue

from .constant import Value
from .node import Node
from .vocabulary import arranging, moving, padding
from .vocabulary.ranking import greatest


def expand_dims(node: Node[int]) -> Value:
    """The place of the new axis."""
    axis = node.axis(node.constant_integer(1), len(node.shape(0)) + 1)
    return moving.unsqueezed(node, node.value(0), [axis])


def transpose(node: Node[int]) -> Value:
    """The order of the axes."""
    order = [node.axis_of(0, axis) for axis in node.constant_integers(1)]
    return moving.permuted(node, node.value(0), order)


def reverse(node: Node[int]) -> Value:
    """The axes to turn."""
    axes = [node.axis_of(0, axis) for axis in node.constant_integers(1)]
    return moving.flipped(node, node.value(0), axes)


def slice_(node: Node[int]) -> Value:
    """Starts and sizes; -1 is all that remains."""
    extents = node.shape(0)
    starts, sizes = node.constant_integers(1), node.constant_integers(2)
    if not len(starts) == len(sizes) == len(extents):
        raise node.wrong(f"starts {starts} and sizes {sizes} for {list(extents)}")
    along = {
        axis: range(start, extents[axis] if size == -1 else start + size)
        for axis, (start, size) in enumerate(zip(starts, sizes, strict=True))
    }
    return moving.taken(node, node.value(0), along)


def split_sizes(node: Node[int]) -> list[Value]:
    """Sizes, of which one may be -1, what remains; the axis."""
    axis = node.axis_of(0, node.constant_integer(2))
    return moving.split(node, node.value(0), axis, node.constant_integers(1))


def tile(node: Node[int]) -> Value:
    """How many times along each axis."""
    return moving.tiled(node, node.value(0), node.constant_integers(1))


def pad(node: Node[int]) -> Value:
    """Pads of each axis; what to pad with, if not with 0."""
    fill = node.constant_real(2) if node.has(2) else 0.0
    return padding.padded(node, node.value(0), node.constant_pairs(1), fill)


def pixels_to_images(node: Node[int]) -> Value:
    """The extents of a block, and pads: each of its pixels becomes an image."""
    block, pads = node.constant_integers(1), node.constant_pairs(2)
    return arranging.space_to_batch(node, node.value(0), block, pads)


def images_to_pixels(node: Node[int]) -> Value:
    """The extents of a block, and what to crop: images become its pixels."""
    block, crops = node.constant_integers(1), node.constant_pairs(2)
    return arranging.batch_to_space(node, node.value(0), block, crops)


def top(node: Node[int]) -> list[SSAValue]:
    """How many of the greatest elements of the last axis, and where these are."""
    axis, count = node.axis_of(0, -1), node.constant_integer(1)
    return greatest(node, node.tensor(0), axis, count)
