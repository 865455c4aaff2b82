"""Operators that pick elements, or repeat them."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...selection import gathered, repeated
from ..constants import Constant
from ..node import Node


def gather(node: Node) -> SSAValue:
    """By constant indices."""
    ifm, indices = node.value(0), node.constant(1).array
    if isinstance(ifm, Constant):
        raise node.unsupported("indices that are computed")
    axis = node.axis(node.integer("axis", 0), len(nn.shape(ifm)))
    return gathered(node, ifm, axis, indices)


def expand(node: Node) -> SSAValue:
    return repeated(node, node.tensor(0), tuple(node.constant_integers(1)))


def tile(node: Node) -> SSAValue:
    """Every extent is repeated as a whole."""
    ifm, counts = node.tensor(0), node.constant_integers(1)
    extents = nn.shape(ifm)
    if len(counts) != len(extents) or min(counts, default=1) < 1:
        raise node.wrong(f"repeats {counts} of a tensor of rank {len(extents)}")
    apart = [n for extent in extents for n in (1, extent)]
    target = [n for pair in zip(counts, extents, strict=True) for n in pair]
    split = node.emit(nn.ReshapeOp(ifm, apart))
    whole = [n * count for n, count in zip(extents, counts, strict=True)]
    return node.emit(nn.ReshapeOp(repeated(node, split, target), whole))


CONVERTERS = {
    "Gather": gather,
    "Expand": expand,
    "Tile": tile,
}
