"""Layers that move elements, on reals and on integers alike."""

from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...layers.movement import cut, reshaped, sliced
from ..node import IrNode


def reshape(node: IrNode) -> SSAValue:
    """The shape of the top says it all; `shape` may have an extent of -1."""
    shape = node.top_shape()
    if prod(shape) != prod(nn.shape(node.bottom())):
        return reshaped(node, node.bottom(), node.block.integers("shape"))
    return node.emit(nn.ReshapeOp(node.bottom(), shape))


def transpose(node: IrNode) -> SSAValue:
    return node.emit(nn.TransposeOp(node.bottom(), node.block.integers("perm")))


def concat(node: IrNode) -> SSAValue:
    axis = node.axis(node.block.integer("axis"), len(nn.shape(node.bottom())))
    return node.emit(nn.ConcatOp(node.bottoms, axis))


def split(node: IrNode) -> list[SSAValue]:
    ifm = node.bottom()
    axis = node.axis(node.block.integer("axis"), len(nn.shape(ifm)))
    return sliced(node, ifm, axis, node.block.integers("splits"))


def slice_(node: IrNode) -> SSAValue:
    """`begin` and `end` may count from the end, and are moved into the tensor."""
    ifm = node.bottom()
    extents = nn.shape(ifm)
    lists = [node.block.integers(key) for key in ("begin", "end", "strides")]
    if any(len(numbers) != len(extents) for numbers in lists):
        raise node.wrong(f"begin, end and strides must have {len(extents)} numbers")
    starts: list[int] = []
    sizes: list[int] = []
    for extent, begin, end, stride in zip(extents, *lists, strict=True):
        if stride == 0:
            raise node.wrong("a stride of 0")
        along = range(*slice(begin, end, stride).indices(extent))
        if not along:
            raise node.wrong(f"nothing lies between {begin} and {end} of {extent}")
        starts.append(along[0])
        sizes.append(len(along))
    return node.emit(nn.SliceOp(ifm, starts, sizes, lists[2]))


def pad(node: IrNode) -> SSAValue:
    low, high = pads(node)
    value = node.block.real("constant_value", 0.0)
    return node.emit(nn.PadOp(node.bottom(), low, high, value))


def pads(node: IrNode) -> tuple[list[int], list[int]]:
    """How many elements come before each axis, and how many after it."""
    if node.block.text("mode", "CONSTANT").upper() != "CONSTANT":
        raise node.unsupported(f"the mode {node.block.text('mode')}")
    pairs = node.block.lists("pads")
    if any(len(pair) != 2 for pair in pairs):
        raise node.wrong("pads must be pairs")
    return [low for low, _ in pairs], [high for _, high in pairs]


def tile(node: IrNode) -> SSAValue:
    """Copies side by side, axis by axis."""
    value = node.bottom()
    for axis, count in enumerate(node.block.integers("repeats")):
        if not 1 <= count <= 1 << 16:
            raise node.wrong(f"{count} copies")
        if count > 1:
            value = node.emit(nn.ConcatOp([value] * count, axis))
    return value


def channel_shuffle(node: IrNode) -> list[SSAValue]:
    """Channel g of C / groups changes places, then the channels are split."""
    ifm, groups = node.bottom(), node.block.integer("group")
    *outer, channels = nn.shape(ifm)
    splits = node.block.integer("splits", 1)
    if groups < 1 or splits < 1 or channels % groups or channels % splits:
        raise node.wrong(f"{channels} channels in {groups} groups, {splits} splits")
    apart = node.emit(nn.ReshapeOp(ifm, (prod(outer), groups, channels // groups)))
    mixed = node.emit(nn.TransposeOp(apart, (0, 2, 1)))
    together = node.emit(nn.ReshapeOp(mixed, (*outer, channels)))
    if splits == 1:
        return [together]
    return sliced(node, together, len(outer), [channels // splits] * splits)


def depth_to_space(node: IrNode) -> SSAValue:
    """Channels to squares of pixels, counted with the old channel last (DCR) or not."""
    images, rows, columns, channels = feature_map_shape(node)
    down, across = node.sizes("block_size")
    if min(down, across) < 1 or channels % (down * across):
        raise node.wrong(f"{channels} channels do not make {down} x {across} pixels")
    kept = channels // (down * across)
    crd = node.block.text("mode", "DCR").upper() == "CRD"
    inner = (kept, down, across) if crd else (down, across, kept)
    parts = node.emit(nn.ReshapeOp(node.bottom(), (images, rows, columns, *inner)))
    order = (0, 1, 4, 2, 5, 3) if crd else (0, 1, 3, 2, 4, 5)
    moved = node.emit(nn.TransposeOp(parts, order))
    shape = (images, rows * down, columns * across, kept)
    return node.emit(nn.ReshapeOp(moved, shape))


def space_to_depth(node: IrNode) -> SSAValue:
    """Squares of pixels to channels, the old channel last."""
    images, rows, columns, channels = feature_map_shape(node)
    down, across = node.sizes("block_size")
    if min(down, across) < 1 or rows % down or columns % across:
        raise node.wrong(f"{down} x {across} pixels do not tile {rows} x {columns}")
    split = (images, rows // down, down, columns // across, across, channels)
    parts = node.emit(nn.ReshapeOp(node.bottom(), split))
    moved = node.emit(nn.TransposeOp(parts, (0, 1, 3, 2, 4, 5)))
    shape = (images, rows // down, columns // across, channels * down * across)
    return node.emit(nn.ReshapeOp(moved, shape))


def crop(node: IrNode) -> SSAValue:
    """`crops` are pairs of start and end."""
    pairs = node.block.lists("crops")
    taken = {axis: (pair[0], pair[-1]) for axis, pair in enumerate(pairs) if pair}
    return cut(node, node.bottom(), taken)


def feature_map_shape(node: IrNode) -> tuple[int, int, int, int]:
    """The extents of the bottom, [N, H, W, C]."""
    shape = nn.shape(node.bottom())
    if len(shape) != 4:
        raise node.wrong(f"a feature map of rank {len(shape)}, expected [N, H, W, C]")
    images, rows, columns, channels = shape
    return images, rows, columns, channels


CONVERTERS = {
    "Reshape": reshape,
    "Transpose": transpose,
    "Concat": concat,
    "Split": split,
    "Slice": slice_,
    "Pad": pad,
    "Tile": tile,
    "Crop": crop,
    "ChannelShuffle": channel_shuffle,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
}
