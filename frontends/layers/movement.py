"""Layers that move elements, on blobs with the batch in front."""

from collections.abc import Sequence
from math import prod

from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.nn import shapes
from ..channels import channels_first, channels_last
from .node import LayerNode

LARGEST_EXTENT = 1 << 16
"""Rows or columns of a map that is made larger."""


def reshaped(node: LayerNode, ifm: SSAValue, target: Sequence[int]) -> SSAValue:
    """`ifm` in another shape; one extent may be -1, what remains."""
    extents = list(target)
    known = prod(extent for extent in extents if extent != -1)
    elements = prod(nn.shape(ifm))
    if extents.count(-1) > 1 or min(extents, default=1) < -1 or known == 0:
        raise node.wrong(f"a target shape {extents}")
    if -1 in extents:
        if elements % known:
            raise node.wrong(f"cannot reshape {elements} elements to {extents}")
        extents[extents.index(-1)] = elements // known
    shapes.same_size(nn.shape(ifm), tuple(extents))
    return node.emit(nn.ReshapeOp(ifm, extents))


def cut(node: LayerNode, ifm: SSAValue, taken: dict[int, tuple[int, int]]) -> SSAValue:
    """The elements from start to end along some axes."""
    extents = nn.shape(ifm)
    ranges = [taken.get(axis, (0, extent)) for axis, extent in enumerate(extents)]
    for axis, (start, end) in enumerate(ranges):
        if not 0 <= start < end <= extents[axis]:
            raise node.wrong(
                f"cannot take {start} to {end} of {extents[axis]} along axis {axis}"
            )
    starts = [start for start, _ in ranges]
    sizes = [end - start for start, end in ranges]
    return node.emit(nn.SliceOp(ifm, starts, sizes, [1] * len(extents)))


def sliced(
    node: LayerNode, ifm: SSAValue, axis: int, sizes: Sequence[int]
) -> list[SSAValue]:
    """One part after another along an axis."""
    if sum(sizes) != nn.shape(ifm)[axis]:
        raise node.wrong(f"cannot cut {nn.shape(ifm)[axis]} elements into {sizes}")
    parts: list[SSAValue] = []
    start = 0
    for size in sizes:
        parts.append(cut(node, ifm, {axis: (start, start + size)}))
        start += size
    return parts


def shuffled(node: LayerNode, ifm: SSAValue, groups: int) -> SSAValue:
    """Channel g of C / groups changes places: [N, g, C / g, ...] to [N, C / g, g, ...].

    Zhang et al. 2018, "ShuffleNet", figure 1.
    """
    batch, channels, *pixels = nn.shape(ifm)
    if groups < 1 or channels % groups:
        raise node.wrong(f"cannot shuffle {channels} channels in {groups} groups")
    split = (batch, groups, channels // groups, prod(pixels))
    parts = node.emit(nn.ReshapeOp(ifm, split))
    mixed = node.emit(nn.TransposeOp(parts, (0, 2, 1, 3)))
    return node.emit(nn.ReshapeOp(mixed, (batch, channels, *pixels)))


def space_to_depth(
    node: LayerNode, ifm: SSAValue, stride: int, *, channel_first: bool
) -> SSAValue:
    """Squares of pixels to channels, counted with the old channel first or last."""
    batch, channels, rows, columns = _rank_4(node, ifm)
    if stride < 1 or rows % stride or columns % stride:
        raise node.wrong(f"squares of {stride} do not tile {rows} x {columns}")
    split = (batch, channels, rows // stride, stride, columns // stride, stride)
    parts = node.emit(nn.ReshapeOp(ifm, split))
    order = (0, 1, 3, 5, 2, 4) if channel_first else (0, 3, 5, 1, 2, 4)
    moved = node.emit(nn.TransposeOp(parts, order))
    shape = (batch, channels * stride**2, rows // stride, columns // stride)
    return node.emit(nn.ReshapeOp(moved, shape))


def depth_to_space(
    node: LayerNode, ifm: SSAValue, stride: int, *, channel_first: bool
) -> SSAValue:
    """The other way round."""
    batch, channels, rows, columns = _rank_4(node, ifm)
    if stride < 1 or channels % stride**2:
        raise node.wrong(f"{channels} channels do not make squares of {stride}")
    kept = channels // stride**2
    inner = (kept, stride, stride) if channel_first else (stride, stride, kept)
    parts = node.emit(nn.ReshapeOp(ifm, (batch, *inner, rows, columns)))
    order = (0, 1, 4, 2, 5, 3) if channel_first else (0, 3, 4, 1, 5, 2)
    moved = node.emit(nn.TransposeOp(parts, order))
    shape = (batch, kept, rows * stride, columns * stride)
    return node.emit(nn.ReshapeOp(moved, shape))


def resized(
    node: LayerNode,
    size: Sequence[int],
    step: Sequence[float],
    offset: Sequence[float],
    method: str,
) -> SSAValue:
    """The bottom [N, C, H, W] with another number of rows and columns."""
    if not all(0 < extent <= LARGEST_EXTENT for extent in size):
        raise node.wrong(f"a map of {size[0]} x {size[1]}")
    ifm = channels_last(node, node.bottom())
    ofm = node.emit(nn.ResizeOp(ifm, size, step, offset, method))
    return channels_first(node, ofm)


def _rank_4(node: LayerNode, ifm: SSAValue) -> tuple[int, int, int, int]:
    shape = nn.shape(ifm)
    if len(shape) != 4:
        raise node.wrong(f"a blob of {len(shape)} dimensions, expected 4")
    batch, channels, rows, columns = shape
    return batch, channels, rows, columns
