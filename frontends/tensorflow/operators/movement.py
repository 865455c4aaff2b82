"""Operators that move elements, and those that pad."""

from collections.abc import Callable, Sequence
from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import shapes
from ..node import Node
from .slicing import along_axis, taken_from


def reshape(node: Node) -> SSAValue:
    """-1 is what remains; a target for the batch in the file follows the one wanted."""
    ifm, target = node.tensor(0), node.constant_integers(1)
    extents, batch = nn.shape(ifm), node.batch
    if target and extents and (target[0], extents[0]) == (batch.before, batch.after):
        target[0] = batch.after
    elements, known = prod(extents), prod(n for n in target if n != -1)
    if target.count(-1) > 1 or min(target, default=1) < -1:
        raise node.wrong(f"a target shape {target}")
    if -1 in target and (known == 0 or elements % known):
        raise node.wrong(f"cannot reshape {elements} elements to {target}")
    return reshaped(node, ifm, [elements // known if n == -1 else n for n in target])


def reshaped(node: Node, ifm: SSAValue, extents: Sequence[int]) -> SSAValue:
    """`ifm` in another shape of the same size."""
    shapes.same_size(nn.shape(ifm), tuple(extents))
    return node.emit(nn.ReshapeOp(ifm, extents))


def squeeze(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    given = node.integers("squeeze_dims") or [
        axis for axis, extent in enumerate(extents) if extent == 1
    ]
    dropped = {node.axis(axis, len(extents)) for axis in given}
    kept = [extent for axis, extent in enumerate(extents) if axis not in dropped]
    return reshaped(node, ifm, kept)


def expand_dims(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    extents = list(nn.shape(ifm))
    extents.insert(node.axis(node.constant_integer(1), len(extents) + 1), 1)
    return reshaped(node, ifm, extents)


def transpose(node: Node) -> SSAValue:
    return node.emit(nn.TransposeOp(node.tensor(0), node.constant_integers(1)))


def pairs(node: Node, position: int) -> list[list[int]]:
    """A constant [N, 2] of integers."""
    array = node.constant(position).array
    if array.dtype.kind not in "iu" or array.ndim != 2 or array.shape[1] != 2:
        raise node.wrong(f"its input {position} is no list of pairs")
    return array.tolist()


def pad(node: Node) -> SSAValue:
    """With 0, or with the third input."""
    ifm, pads = node.tensor(0), pairs(node, 1)
    if len(pads) != len(nn.shape(ifm)) or min(map(min, pads), default=0) < 0:
        raise node.wrong(f"pads {pads} for {list(nn.shape(ifm))}")
    value = node.constant_real(2) if len(node.inputs) > 2 else 0.0
    return padded(node, ifm, pads, value)


def padded(
    node: Node, ifm: SSAValue, pads: Sequence[Sequence[int]], value: float = 0.0
) -> SSAValue:
    low, high = zip(*pads, strict=True) if pads else ((), ())
    if not any((*low, *high)):
        return ifm
    return node.emit(nn.PadOp(ifm, low, high, value))


def mirror_pad(node: Node) -> SSAValue:
    """What lies before an edge follows behind it; SYMMETRIC repeats the edge itself."""
    ifm, pads = node.tensor(0), pairs(node, 1)
    edge = 0 if node.text("mode", "REFLECT") == "SYMMETRIC" else 1
    if len(pads) != len(nn.shape(ifm)):
        raise node.wrong(f"pads {pads} for {list(nn.shape(ifm))}")
    for axis, (before, after) in enumerate(pads):
        extent = nn.shape(ifm)[axis]
        if not 0 <= before <= extent - edge or not 0 <= after <= extent - edge:
            raise node.wrong(f"pads {pads} for {list(nn.shape(ifm))}")
        last = extent - 1 - edge
        mirrored = (
            range(before - 1 + edge, edge - 1, -1),
            range(extent),
            range(last, last - after, -1),
        )
        parts = along_axis(node, ifm, axis, [part for part in mirrored if len(part)])
        ifm = parts[0] if len(parts) == 1 else node.emit(nn.ConcatOp(parts, axis))
    return ifm


def blocks(
    move: Callable[[Node, SSAValue, int], SSAValue],
) -> Callable[[Node], SSAValue]:
    def convert(node: Node) -> SSAValue:
        if node.text("data_format", "NHWC") != "NHWC":
            raise node.unsupported("a data_format other than NHWC")
        ifm, size = node.tensor(0), node.integer("block_size")
        if len(nn.shape(ifm)) != 4 or size < 1:
            raise node.wrong(f"blocks of {size} in {list(nn.shape(ifm))}")
        return move(node, ifm, size)

    return convert


def depth_to_space(node: Node, ifm: SSAValue, size: int) -> SSAValue:
    images, rows, columns, channels = nn.shape(ifm)
    depth = channels // size**2
    apart = reshaped(node, ifm, (images, rows, columns, size, size, depth))
    turned = node.emit(nn.TransposeOp(apart, (0, 1, 3, 2, 4, 5)))
    return reshaped(node, turned, (images, rows * size, columns * size, depth))


def space_to_depth(node: Node, ifm: SSAValue, size: int) -> SSAValue:
    images, rows, columns, channels = nn.shape(ifm)
    high, wide = rows // size, columns // size
    apart = reshaped(node, ifm, (images, high, size, wide, size, channels))
    turned = node.emit(nn.TransposeOp(apart, (0, 1, 3, 2, 4, 5)))
    return reshaped(node, turned, (images, high, wide, size**2 * channels))


def space_to_batch(node: Node) -> SSAValue:
    """Every `block`-th pixel becomes an image of its own."""
    ifm, block, pads = node.tensor(0), node.constant_integers(1), pairs(node, 2)
    rank, count = len(nn.shape(ifm)), len(block)
    if len(pads) != count or rank <= count or min(block, default=1) < 1:
        raise node.wrong(f"blocks {block}, pads {pads}")
    rest = [[0, 0]] * (rank - 1 - count)
    ifm = padded(node, ifm, [[0, 0], *pads, *rest])
    images, *extents = nn.shape(ifm)
    apart, moved = [images], [images * prod(block)]
    for extent, size in zip(extents, block, strict=False):
        apart += [extent // size, size]
        moved.append(extent // size)
    inner, outer = range(2, 2 * count + 1, 2), range(1, 2 * count + 1, 2)
    behind = range(2 * count + 1, rank + count)
    split = reshaped(node, ifm, [*apart, *extents[count:]])
    turned = node.emit(nn.TransposeOp(split, (*inner, 0, *outer, *behind)))
    return reshaped(node, turned, [*moved, *extents[count:]])


def batch_to_space(node: Node) -> SSAValue:
    """The images that `space_to_batch` has made become one again."""
    ifm, block, crops = node.tensor(0), node.constant_integers(1), pairs(node, 2)
    images, *extents = nn.shape(ifm)
    count = len(block)
    if len(crops) != count or len(extents) < count or images % prod(block):
        raise node.wrong(f"blocks {block}, crops {crops} of {images} images")
    apart = reshaped(node, ifm, [*block, images // prod(block), *extents])
    order = [count]
    for axis in range(count):
        order += [count + 1 + axis, axis]
    behind = range(2 * count + 1, count + 1 + len(extents))
    turned = node.emit(nn.TransposeOp(apart, (*order, *behind)))
    whole = [size * extent for size, extent in zip(block, extents, strict=False)]
    joined = reshaped(node, turned, [images // prod(block), *whole, *extents[count:]])
    taken = [range(extent) for extent in nn.shape(joined)]
    for axis, (before, after) in enumerate(crops, start=1):
        taken[axis] = range(before, len(taken[axis]) - after)
    return taken_from(node, joined, taken)


CONVERTERS = {
    "Reshape": reshape,
    "Squeeze": squeeze,
    "ExpandDims": expand_dims,
    "Transpose": transpose,
    "Pad": pad,
    "PadV2": pad,
    "MirrorPad": mirror_pad,
    "DepthToSpace": blocks(depth_to_space),
    "SpaceToDepth": blocks(space_to_depth),
    "SpaceToBatchND": space_to_batch,
    "BatchToSpaceND": batch_to_space,
}
