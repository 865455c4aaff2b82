"""Blocks of pixels that become channels or images, and the way back."""

from collections.abc import Sequence
from itertools import chain
from math import prod

from ....dialects import nn
from ..moves import reshaped, taken, transposed
from ..node import Node, Value, shape


def space_to_depth(node: Node) -> Value:
    """[N, H * b, W * b, C] to [N, H, W, b * b * C]."""
    block = node.positive("BlockSize")
    images, rows, columns, channels = _feature_map(node)
    if rows % block or columns % block:
        raise node.wrong(f"blocks of {block} in {rows} x {columns} pixels")
    rows, columns = rows // block, columns // block
    split = (images, rows, block, columns, block, channels)
    apart = transposed(node, reshaped(node, node.value(0), split), (0, 1, 3, 2, 4, 5))
    return reshaped(node, apart, (images, rows, columns, block * block * channels))


def depth_to_space(node: Node) -> Value:
    """[N, H, W, b * b * C] to [N, H * b, W * b, C]."""
    block = node.positive("BlockSize")
    images, rows, columns, depth = _feature_map(node)
    if depth % (block * block):
        raise node.wrong(f"blocks of {block} in {depth} channels")
    channels = depth // (block * block)
    split = (images, rows, columns, block, block, channels)
    apart = transposed(node, reshaped(node, node.value(0), split), (0, 1, 3, 2, 4, 5))
    return reshaped(node, apart, (images, rows * block, columns * block, channels))


def space_to_batch_nd(node: Node) -> Value:
    """[N, H * b, W * b, ...], padded, to [b * b * N, H, W, ...]."""
    block = _block(node)
    pads = [(0, 0), *node.constant_pairs(2, len(block))]
    pads += [(0, 0)] * (len(node.shape(0)) - len(pads))
    value = node.value(0)
    if any(chain(*pads)):
        low, high = zip(*pads, strict=True)
        value = node.emit(nn.PadOp(node.tensor(0), low, high))
    images, *extents = shape(value)
    spatial, rest = extents[: len(block)], extents[len(block) :]
    if any(extent % size for extent, size in zip(spatial, block, strict=True)):
        raise node.wrong(f"blocks of {block} in {spatial}")
    inner = [extent // size for extent, size in zip(spatial, block, strict=True)]
    split = (images, *chain(*zip(inner, block, strict=True)), *rest)
    rank = len(block)
    order = (
        *range(2, 2 * rank + 1, 2),
        0,
        *range(1, 2 * rank, 2),
        *range(2 * rank + 1, len(split)),
    )
    apart = transposed(node, reshaped(node, value, split), order)
    return reshaped(node, apart, (prod(block) * images, *inner, *rest))


def batch_to_space_nd(node: Node) -> Value:
    """[b * b * N, H, W, ...] to [N, H * b, W * b, ...], cropped."""
    block = _block(node)
    rank = len(block)
    crops = node.constant_pairs(2, rank)
    batch, *extents = node.shape(0)
    if batch % prod(block):
        raise node.wrong(f"{batch} images of {prod(block)} pixels of a block each")
    images, inner, rest = batch // prod(block), extents[:rank], extents[rank:]
    split = (*block, images, *inner, *rest)
    order = (
        rank,
        *chain(*((rank + 1 + axis, axis) for axis in range(rank))),
        *range(2 * rank + 1, len(split)),
    )
    together = transposed(node, reshaped(node, node.value(0), split), order)
    whole = [size * extent for size, extent in zip(block, inner, strict=True)]
    joined = reshaped(node, together, (images, *whole, *rest))
    if not any(chain(*crops)):
        return joined
    kept = [
        range(low, extent - high)
        for extent, (low, high) in zip(whole, crops, strict=True)
    ]
    return taken(node, joined, [range(images), *kept, *map(range, rest)])


def _feature_map(node: Node) -> Sequence[int]:
    extents = node.shape(0)
    if len(extents) != 4:
        raise node.wrong(f"expected an NHWC feature map, found rank {len(extents)}")
    return extents


def _block(node: Node) -> list[int]:
    block = node.constant_integers(1)
    if not 0 < len(block) < len(node.shape(0)) or min(block) < 1:
        raise node.wrong(f"a block of {block} in a tensor of {list(node.shape(0))}")
    return block


CONVERTERS = {
    "SPACE_TO_DEPTH": space_to_depth,
    "DEPTH_TO_SPACE": depth_to_space,
    "SPACE_TO_BATCH_ND": space_to_batch_nd,
    "BATCH_TO_SPACE_ND": batch_to_space_nd,
}
