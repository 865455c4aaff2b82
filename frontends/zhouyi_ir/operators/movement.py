"""Layers that move elements, on reals and on integers alike."""

from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary import moving
from ...vocabulary.arranging import DEPTH_TO_SPACE, SPACE_TO_DEPTH, arranged
from ..node import IrNode


def reshape(node: IrNode) -> SSAValue:
    """The shape of the top says it all; `shape` may have an extent of -1."""
    shape = node.top_shape()
    if prod(shape) != prod(nn.shape(node.bottom())):
        shape = node.block.integers("shape")
    return moving.reshaped_to(node, node.bottom(), shape)


def transpose(node: IrNode) -> SSAValue:
    return moving.permuted(node, node.bottom(), node.block.integers("perm"))


def concat(node: IrNode) -> SSAValue:
    axis = node.axis(node.block.integer("axis"), len(nn.shape(node.bottom())))
    return node.emit(nn.ConcatOp(node.bottoms, axis))


def split(node: IrNode) -> list[SSAValue]:
    ifm = node.bottom()
    axis = node.axis(node.block.integer("axis"), len(nn.shape(ifm)))
    return moving.split(node, ifm, axis, node.block.integers("splits"))


def slice_(node: IrNode) -> SSAValue:
    """`begin` and `end` may count from the end, and are moved into the tensor."""
    ifm = node.bottom()
    extents = nn.shape(ifm)
    lists = [node.block.integers(key) for key in ("begin", "end", "strides")]
    if any(len(numbers) != len(extents) for numbers in lists):
        raise node.wrong(f"begin, end and strides must have {len(extents)} numbers")
    along: dict[int, range] = {}
    for axis, (begin, end, stride) in enumerate(zip(*lists, strict=True)):
        if stride == 0:
            raise node.wrong("a stride of 0")
        along[axis] = range(extents[axis])[begin:end:stride]
        if not along[axis]:
            raise node.wrong(
                f"nothing lies between {begin} and {end} of {extents[axis]}"
            )
    return moving.taken(node, ifm, along)


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
    repeats = node.block.integers("repeats")
    return node.operand(moving.tiled(node, node.bottom(), repeats))


def channel_shuffle(node: IrNode) -> list[SSAValue]:
    """Channel g of C / groups changes places, then the channels are split."""
    splits = node.block.integer("splits", 1)
    line, groups = "... (g c) -> ... (c g)", node.block.integer("group")
    together = arranged(node, node.bottom(), line, g=groups)
    axis = len(nn.shape(together)) - 1
    return moving.split_evenly(node, together, axis, splits)


def depth_to_space(node: IrNode) -> SSAValue:
    """Channels to squares of pixels, counted with the old channel last (DCR) or not."""
    crd = node.block.text("mode", "DCR").upper() == "CRD"
    line = "n h w (c a b) -> n (h a) (w b) c" if crd else DEPTH_TO_SPACE
    down, across = node.sizes("block_size")
    return arranged(node, node.bottom(), line, a=down, b=across)


def space_to_depth(node: IrNode) -> SSAValue:
    """Squares of pixels to channels, the old channel last."""
    down, across = node.sizes("block_size")
    return arranged(node, node.bottom(), SPACE_TO_DEPTH, a=down, b=across)


def crop(node: IrNode) -> SSAValue:
    """`crops` are pairs of start and end."""
    pairs = node.block.lists("crops")
    taken = {axis: range(pair[0], pair[-1]) for axis, pair in enumerate(pairs) if pair}
    return moving.taken(node, node.bottom(), taken)


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
