"""Operators that move elements: of tensors, of constants and of shapes alike."""

from collections.abc import Callable

from ... import arranging, moving, padding
from ...constant import Value
from ...indexing import Bounds, Masks, indexed
from ..node import Node


def reshape(node: Node) -> Value:
    target = node.constant_integers(1)
    return moving.reshaped_to(node, node.value(0), target, node.batch)


def squeeze(node: Node) -> Value:
    """Without the extents of 1 that are named, or without any."""
    axes = [node.axis_of(0, axis) for axis in node.integers("squeeze_dims")]
    return moving.squeezed(node, node.value(0), axes or None)


def expand_dims(node: Node) -> Value:
    axis = node.axis(node.constant_integer(1), len(node.shape(0)) + 1)
    return moving.unsqueezed(node, node.value(0), [axis])


def transpose(node: Node) -> Value:
    order = [node.axis_of(0, axis) for axis in node.constant_integers(1)]
    return moving.permuted(node, node.value(0), order)


def reverse(node: Node) -> Value:
    axes = [node.axis_of(0, axis) for axis in node.constant_integers(1)]
    return moving.flipped(node, node.value(0), axes)


def slice_(node: Node) -> Value:
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


def split_sizes(node: Node) -> list[Value]:
    """Tensor, sizes of which one may be -1, axis."""
    axis = node.axis_of(0, node.constant_integer(2))
    return moving.split(node, node.value(0), axis, node.constant_integers(1))


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


def tile(node: Node) -> Value:
    return moving.tiled(node, node.value(0), node.constant_integers(1))


def gather(node: Node) -> Value:
    """Elements at constant indices along one axis."""
    if node.integer("batch_dims", 0):
        raise node.unsupported("batch_dims")
    axis = node.axis_of(0, node.constant_integer(2) if node.has(2) else 0)
    return moving.gathered(node, node.value(0), axis, node.constant(1).array)


def pad(node: Node) -> Value:
    """With 0, or with the third input."""
    fill = node.constant_real(2) if node.has(2) else 0.0
    return padding.padded(node, node.value(0), node.constant_pairs(1), fill)


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


def space_to_batch(node: Node) -> Value:
    """Every `block`-th pixel becomes an image of its own."""
    block, pads = node.constant_integers(1), node.constant_pairs(2)
    return arranging.space_to_batch(node, node.value(0), block, pads)


def batch_to_space(node: Node) -> Value:
    """The images that `space_to_batch` has made become one again."""
    block, crops = node.constant_integers(1), node.constant_pairs(2)
    return arranging.batch_to_space(node, node.value(0), block, crops)


CONVERTERS = {
    "Reshape": reshape,
    "Squeeze": squeeze,
    "ExpandDims": expand_dims,
    "Transpose": transpose,
    "ReverseV2": reverse,
    "Slice": slice_,
    "StridedSlice": strided_slice,
    "Split": split,
    "SplitV": split_sizes,
    "Unpack": unpack,
    "Pack": pack,
    "Concat": concat_old,
    "ConcatV2": concat,
    "Tile": tile,
    "Gather": gather,
    "GatherV2": gather,
    "Pad": pad,
    "PadV2": pad,
    "MirrorPad": mirror_pad,
    "DepthToSpace": of_blocks(arranging.DEPTH_TO_SPACE),
    "SpaceToDepth": of_blocks(arranging.SPACE_TO_DEPTH),
    "SpaceToBatchND": space_to_batch,
    "BatchToSpaceND": batch_to_space,
}
