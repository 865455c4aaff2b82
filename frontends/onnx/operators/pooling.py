"""Operators that reduce a window."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.pooling import Pool, largest, mean, pooled
from ..node import Node
from ..window import read_slides


def max_pool(node: Node) -> SSAValue:
    node.ignore("storage_order")
    return _pool(node, largest)


def average_pool(node: Node) -> SSAValue:
    """Padding counts if `count_include_pad`, but what `ceil_mode` adds never does."""
    return _pool(node, mean(bool(node.integer("count_include_pad", 0))))


def _pool(node: Node, pool: Pool) -> SSAValue:
    ifm, kernel = node.tensor(0), node.integers("kernel_shape") or []
    extents = nn.shape(ifm)[2:]
    if not extents or len(kernel) != len(extents):
        rank = len(nn.shape(ifm))
        raise node.wrong(f"a kernel_shape {kernel} on a tensor of rank {rank}")
    return pooled(node, ifm, read_slides(node, extents, kernel), pool)


CONVERTERS = {
    "MaxPool": max_pool,
    "AveragePool": average_pool,
}
