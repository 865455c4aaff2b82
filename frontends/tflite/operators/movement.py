"""Operators that move elements, and those that change nothing at all."""

from collections.abc import Callable, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ... import by_inputs
from ...constant import Constant, Value
from ...vocabulary import arranging, moving, padding
from ...vocabulary.indexing import Bounds, Masks, indexed
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


def strided_slice(node: Node) -> Value:
    begins, ends, strides = (node.constant_integers(at) for at in (1, 2, 3))
    if node.integer("Offset", 0):
        ends = [begin + end for begin, end in zip(begins, ends, strict=False)]
    masks = (
        node.integer(f"{mask}Mask", 0)
        for mask in ("Begin", "End", "Ellipsis", "NewAxis", "ShrinkAxis")
    )
    return indexed(node, node.value(0), Bounds(begins, ends, strides, Masks(*masks)))


def gather(node: Node) -> Value:
    """The elements along one axis that a constant names."""
    if node.integer("BatchDims", 0):
        raise node.unsupported("batch_dims")
    axis = node.axis_of(0, node.integer("Axis", 0))
    return moving.gathered(node, node.value(0), axis, node.constant(1).array)


def mirror_pad(node: Node) -> Value:
    """The elements next to each edge again, in reverse; SYMMETRIC repeats the edge."""
    pads, edge = node.constant_pairs(1), bool(node.integer("Mode", 0))
    return padding.mirrored(node, node.value(0), pads, edge=edge)


def shape_(node: Node) -> Constant:
    return Constant(node.name, np.array(node.shape(0), np.int32))


def of_blocks(line: str) -> Callable[[Node], Value]:
    """Blocks of pixels that become channels, and the way back."""

    def convert(node: Node) -> Value:
        size = node.positive("BlockSize")
        return arranging.arranged(node, node.value(0), line, a=size, b=size)

    return convert


CONVERTERS: dict[str, Callable[[Node], Value | Sequence[Value]]] = {
    "IDENTITY": same,
    "RESHAPE": reshape,
    "SQUEEZE": squeeze,
    "EXPAND_DIMS": by_inputs.expand_dims,
    "TRANSPOSE": by_inputs.transpose,
    "CONCATENATION": concatenation,
    "PACK": pack,
    "UNPACK": unpack,
    "SPLIT": split,
    "SPLIT_V": by_inputs.split_sizes,
    "SLICE": by_inputs.slice_,
    "STRIDED_SLICE": strided_slice,
    "REVERSE_V2": by_inputs.reverse,
    "GATHER": gather,
    "PAD": by_inputs.pad,
    "PADV2": by_inputs.pad,
    "MIRROR_PAD": mirror_pad,
    "TILE": by_inputs.tile,
    "SHAPE": shape_,
    "SPACE_TO_DEPTH": of_blocks(arranging.SPACE_TO_DEPTH),
    "DEPTH_TO_SPACE": of_blocks(arranging.DEPTH_TO_SPACE),
    "SPACE_TO_BATCH_ND": by_inputs.pixels_to_images,
    "BATCH_TO_SPACE_ND": by_inputs.images_to_pixels,
}
