"""Functions of one integer: tables, and what only rescales and clamps."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ..elements import OFFSETS, top_type
from ..node import IrNode
from ..operators.activation import TYPES
from .site import bottom_element, bounds, keep, rescale, top_element

ENTRIES = 256


def lookup(node: IrNode) -> SSAValue:
    """Entry i belongs to the i-th integer from the least, signed or not."""
    if not node.holds("lut"):
        raise node.unsupported("it has no table")
    bottom_element(node)
    stored = node.array("lut").reshape(-1)
    if stored.dtype.kind not in "iu" or stored.size != ENTRIES:
        raise node.unsupported(f"a table of {stored.size} {stored.dtype} entries")
    element = top_element(node)
    table = stored.astype(np.int64) - OFFSETS[top_type(node.block)]
    if table.min() < -128 or table.max() > 127:
        raise node.wrong(f"its table does not hold {top_type(node.block)}")
    entries = keep(node, "table", table.astype(np.int8))
    return node.emit(nn.LookupOp(node.bottom(), entries, element))


def activation(node: IrNode) -> SSAValue:
    """A table, or a clamp in another scale."""
    if node.holds("lut"):
        return lookup(node)
    bottom_element(node)
    limits = bounds(node, node.method())
    return node.emit(
        nn.RequantiseOp(node.bottom(), top_element(node), rescale(node), limits)
    )


CONVERTERS = {"Activation": activation, **dict.fromkeys(TYPES, lookup)}
