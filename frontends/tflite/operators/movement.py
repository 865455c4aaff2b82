"""Operators that move elements, and those that change nothing at all."""

from collections.abc import Callable, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ... import arranging, moving, padding
from ...constant import Constant, Value
from ...indexing import Bounds, Masks, indexed
from ..fused import activated
from ..node import Node


def same(node: Node) -> Value:
    return node.value(0)


def reshape(node: Node) -> Value:
    """The shape is an input or an option."""
    given = node.constant_integers(1) if node.has(1) else node.integers("NewShape")
    return moving.reshaped_to(node, node.value(0), given, node.batch)


def squeeze(node: Node) -> Value:
    """Without the extents of 1 that are named, or without any."""
    axes = [node.axis_of(0, axis) for axis in node.integers("SqueezeDims")]
    return moving.squeezed(node, node.value(0), axes or None)


def expand_dims(node: Node) -> Value:
    axis = node.axis(node.constant_integer(1), len(node.shape(0)) + 1)
    return moving.unsqueezed(node, node.value(0), [axis])


def transpose(node: Node) -> Value:
    order = [node.axis_of(0, axis) for axis in node.constant_integers(1)]
    return moving.permuted(node, node.value(0), order)


def concatenation(node: Node) -> Value:
    axis = node.axis_of(0, node.integer("Axis"))
    result = moving.joined(node, node.values(), axis)
    return activated(node, result) if isinstance(result, SSAValue) else result


def pack(node: Node) -> Value:
    """Tensors of one shape along a new axis."""
    axis = node.axis(node.integer("Axis"), len(node.shape(0)) + 1)
    return moving.stacked(node, node.values(), axis)


def unpack(node: Node) -> list[Value]:
    axis = node.axis_of(0, node.integer("Axis"))
    return moving.unstacked(node, node.value(0), axis)


def split(node: Node) -> list[Value]:
    """Into equal parts; the first input is the axis."""
    axis = node.axis_of(1, node.constant_integer(0))
    return moving.split_evenly(node, node.value(1), axis, node.positive("NumSplits"))


def split_v(node: Node) -> list[Value]:
    """Into parts of given sizes, of which one may be what remains, -1."""
    axis = node.axis_of(0, node.constant_integer(2))
    return moving.split(node, node.value(0), axis, node.constant_integers(1))


def slice_(node: Node) -> Value:
    """A size of -1 is what remains."""
    extents = node.shape(0)
    begins, sizes = node.constant_integers(1), node.constant_integers(2)
    if not len(begins) == len(sizes) == len(extents):
        raise node.wrong(f"begins {begins}, sizes {sizes} of rank {len(extents)}")
    along = {
        axis: range(begin, extents[axis] if size == -1 else begin + size)
        for axis, (begin, size) in enumerate(zip(begins, sizes, strict=True))
    }
    return moving.taken(node, node.value(0), along)


def strided_slice(node: Node) -> Value:
    begins, ends, strides = (node.constant_integers(at) for at in (1, 2, 3))
    if node.integer("Offset", 0):
        ends = [begin + end for begin, end in zip(begins, ends, strict=False)]
    masks = (
        node.integer(f"{mask}Mask", 0)
        for mask in ("Begin", "End", "Ellipsis", "NewAxis", "ShrinkAxis")
    )
    return indexed(node, node.value(0), Bounds(begins, ends, strides, Masks(*masks)))


def reverse_v2(node: Node) -> Value:
    axes = [node.axis_of(0, axis) for axis in node.constant_integers(1)]
    return moving.flipped(node, node.value(0), axes)


def gather(node: Node) -> Value:
    """The elements along one axis that a constant names."""
    if node.integer("BatchDims", 0):
        raise node.unsupported("batch_dims")
    axis = node.axis_of(0, node.integer("Axis", 0))
    return moving.gathered(node, node.value(0), axis, node.constant(1).array)


def pad(node: Node) -> Value:
    """The pads of each axis are a constant; PADV2 also says with what."""
    fill = node.constant_real(2) if node.has(2) else 0.0
    return padding.padded(node, node.value(0), node.constant_pairs(1), fill)


def mirror_pad(node: Node) -> Value:
    """The elements next to each edge again, in reverse; SYMMETRIC repeats the edge."""
    pads, edge = node.constant_pairs(1), bool(node.integer("Mode", 0))
    return padding.mirrored(node, node.value(0), pads, edge=edge)


def tile(node: Node) -> Value:
    return moving.tiled(node, node.value(0), node.constant_integers(1))


def shape_(node: Node) -> Constant:
    return Constant(node.name, np.array(node.shape(0), np.int32))


def of_blocks(line: str) -> Callable[[Node], Value]:
    """Blocks of pixels that become channels, and the way back."""

    def convert(node: Node) -> Value:
        size = node.positive("BlockSize")
        return arranging.arranged(node, node.value(0), line, a=size, b=size)

    return convert


def space_to_batch_nd(node: Node) -> Value:
    block, pads = node.constant_integers(1), node.constant_pairs(2)
    return arranging.space_to_batch(node, node.value(0), block, pads)


def batch_to_space_nd(node: Node) -> Value:
    block, crops = node.constant_integers(1), node.constant_pairs(2)
    return arranging.batch_to_space(node, node.value(0), block, crops)


CONVERTERS: dict[str, Callable[[Node], Value | Sequence[Value]]] = {
    "IDENTITY": same,
    "RESHAPE": reshape,
    "SQUEEZE": squeeze,
    "EXPAND_DIMS": expand_dims,
    "TRANSPOSE": transpose,
    "CONCATENATION": concatenation,
    "PACK": pack,
    "UNPACK": unpack,
    "SPLIT": split,
    "SPLIT_V": split_v,
    "SLICE": slice_,
    "STRIDED_SLICE": strided_slice,
    "REVERSE_V2": reverse_v2,
    "GATHER": gather,
    "PAD": pad,
    "PADV2": pad,
    "MIRROR_PAD": mirror_pad,
    "TILE": tile,
    "SHAPE": shape_,
    "SPACE_TO_DEPTH": of_blocks(arranging.SPACE_TO_DEPTH),
    "DEPTH_TO_SPACE": of_blocks(arranging.DEPTH_TO_SPACE),
    "SPACE_TO_BATCH_ND": space_to_batch_nd,
    "BATCH_TO_SPACE_ND": batch_to_space_nd,
}
