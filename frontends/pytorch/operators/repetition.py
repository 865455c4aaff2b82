"""Operators that repeat elements."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...limits import LARGEST
from ...selection import repeated
from ..node import Node
from .movement import reshaped


def copy(node: Node) -> SSAValue:
    """Another tensor or a number, in the shape of this one."""
    name = "src" if node.has("src") else "value"
    return repeated(node, node.tensor(name), nn.shape(node.tensor("self")))


def expand(node: Node) -> SSAValue:
    """-1 keeps an extent; a target follows the batch that is imported."""
    ifm = node.tensor("self")
    target, extents, batch = node.integers("size"), nn.shape(ifm), node.batch
    missing = len(target) - len(extents)
    if missing < 0 or -1 in target[:missing]:
        raise node.wrong(f"cannot expand {list(extents)} to {target}")
    aligned = (*target[:missing], *extents)
    kept = [n if n != -1 else old for n, old in zip(target, aligned, strict=True)]
    if kept and (kept[0], aligned[0]) == (batch.before, batch.after):
        kept[0] = batch.after
    return repeated(node, ifm, _bounded(node, kept))


def expand_as(node: Node) -> SSAValue:
    return repeated(node, node.tensor("self"), nn.shape(node.tensor("other")))


def repeat(node: Node) -> SSAValue:
    """Every extent is repeated as a whole."""
    ifm = node.tensor("self")
    counts = node.integers("dims" if node.has("dims") else "repeats")
    counts = [1] * (len(nn.shape(ifm)) - len(counts)) + counts
    extents = (1,) * (len(counts) - len(nn.shape(ifm))) + nn.shape(ifm)
    if min(counts, default=1) < 1:
        raise node.wrong(f"repeats {counts}")
    apart = [n for extent in extents for n in (1, extent)]
    target = [n for pair in zip(counts, extents, strict=True) for n in pair]
    split = node.emit(nn.ReshapeOp(ifm, apart))
    whole = [n * count for n, count in zip(extents, counts, strict=True)]
    return reshaped(node, repeated(node, split, _bounded(node, target)), whole)


def repeat_each(node: Node) -> SSAValue:
    """Every element of an axis so many times in a row."""
    node.ignore("output_size")
    ifm, count = node.tensor("self"), node.integer("repeats")
    extents = nn.shape(ifm)
    if not node.has("dim"):
        raise node.unsupported("all elements in a row, without an axis")
    axis = node.axis(node.integer("dim"), len(extents)) + 1
    if count < 1:
        raise node.wrong(f"{count} repeats")
    apart = node.emit(nn.ReshapeOp(ifm, (*extents[:axis], 1, *extents[axis:])))
    target = _bounded(node, (*extents[:axis], count, *extents[axis:]))
    whole = list(extents)
    whole[axis - 1] *= count
    return reshaped(node, repeated(node, apart, target), whole)


def _bounded(node: Node, extents: Sequence[int]) -> Sequence[int]:
    if min(extents, default=1) < 1 or np.prod(extents, dtype=float) > LARGEST:
        raise node.wrong(f"a tensor of the shape {list(extents)}")
    return extents


CONVERTERS = {
    "copy": copy,
    "fill": copy,
    "expand": expand,
    "expand_as": expand_as,
    "repeat": repeat,
    "tile": repeat,
    "repeat_interleave": repeat_each,
}
