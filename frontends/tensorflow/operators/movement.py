"""Operators that move elements: of tensors, of constants and of shapes alike."""

from collections.abc import Callable

from ... import by_inputs
from ...constant import Value
from ...vocabulary import arranging, moving, padding
from ...vocabulary.indexing import Bounds, Masks, indexed
from ..node import Node


def reshape(node: Node) -> Value:
    target = node.constant_integers(1)
    return moving.reshaped_to(node, node.value(0), target, node.batch)


def squeeze(node: Node) -> Value:
    """Without the extents of 1 that are named, or without any."""
    axes = [node.axis_of(0, axis) for axis in node.integers("squeeze_dims")]
    return moving.squeezed(node, node.value(0), axes or None)


def strided_slice(node: Node) -> Value:
    masks = (
        node.integer(f"{mask}_mask", 0)
        for mask in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    )
    begins, ends, strides = (node.constant_integers(at) for at in (1, 2, 3))
    return indexed(node, node.value(0), Bounds(begins, ends, strides, Masks(*masks)))


def split(node: Node) -> list[Value]:
    """Into equal parts; the axis comes first."""
    axis = node.axis_of(1, node.constant_integer(0))
    return moving.split_evenly(node, node.value(1), axis, node.integer("num_split"))


def unpack(node: Node) -> list[Value]:
    axis = node.axis_of(0, node.integer("axis", 0))
    return moving.unstacked(node, node.value(0), axis)


def pack(node: Node) -> Value:
    """Tensors of one shape along a new axis."""
    axis = node.axis(node.integer("axis", 0), len(node.shape(0)) + 1)
    return moving.stacked(node, node.values(), axis)


def concat(node: Node) -> Value:
    """The axis comes last."""
    last = len(node.inputs) - 1
    axis = node.axis_of(0, node.constant_integer(last))
    return moving.joined(node, node.values(range(last)), axis)


def concat_old(node: Node) -> Value:
    """The axis comes first."""
    axis = node.axis_of(1, node.constant_integer(0))
    return moving.joined(node, node.values(range(1, len(node.inputs))), axis)


def gather(node: Node) -> Value:
    """Elements at constant indices along one axis."""
    if node.integer("batch_dims", 0):
        raise node.unsupported("batch_dims")
    axis = node.axis_of(0, node.constant_integer(2) if node.has(2) else 0)
    return moving.gathered(node, node.value(0), axis, node.constant(1).array)


def mirror_pad(node: Node) -> Value:
    """What lies before an edge follows behind it; SYMMETRIC repeats the edge itself."""
    edge = node.text("mode", "REFLECT") == "SYMMETRIC"
    return padding.mirrored(node, node.value(0), node.constant_pairs(1), edge=edge)


def of_blocks(line: str) -> Callable[[Node], Value]:
    """Blocks of pixels that become channels, and the way back."""

    def convert(node: Node) -> Value:
        if node.text("data_format", "NHWC") != "NHWC":
            raise node.unsupported("a data_format other than NHWC")
        size = node.integer("block_size")
        return arranging.arranged(node, node.value(0), line, a=size, b=size)

    return convert


CONVERTERS = {
    "Reshape": reshape,
    "Squeeze": squeeze,
    "ExpandDims": by_inputs.expand_dims,
    "Transpose": by_inputs.transpose,
    "ReverseV2": by_inputs.reverse,
    "Slice": by_inputs.slice_,
    "StridedSlice": strided_slice,
    "Split": split,
    "SplitV": by_inputs.split_sizes,
    "Unpack": unpack,
    "Pack": pack,
    "Concat": concat_old,
    "ConcatV2": concat,
    "Tile": by_inputs.tile,
    "Gather": gather,
    "GatherV2": gather,
    "Pad": by_inputs.pad,
    "PadV2": by_inputs.pad,
    "MirrorPad": mirror_pad,
    "DepthToSpace": of_blocks(arranging.DEPTH_TO_SPACE),
    "SpaceToDepth": of_blocks(arranging.SPACE_TO_DEPTH),
    "SpaceToBatchND": by_inputs.pixels_to_images,
    "BatchToSpaceND": by_inputs.images_to_pixels,
}
