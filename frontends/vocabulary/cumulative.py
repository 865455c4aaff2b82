"""Sums of all elements of an axis up to each."""

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter
from .moving import permuted, reshaped


def cumulative_sum(
    node: Emitter,
    ifm: SSAValue,
    axis: int,
    *,
    exclusive: bool = False,
    reverse: bool = False,
) -> SSAValue:
    """A product with a triangle of ones along the axis.

    Args:
        node: what the operators come from.
        ifm: of any rank but 0.
        axis: counted from 0.
        exclusive: leave each element out of its own sum.
        reverse: sum from the end.

    Raises:
        UnsupportedError: the triangle would be too large.
    """
    shape = nn.shape(ifm)
    extent, last = shape[axis], len(shape) - 1
    node.check_size((extent, extent))
    # Element j of the sum counts element i if i <= j, i < j if `exclusive`.
    ones = np.triu(np.ones((extent, extent)), int(exclusive))
    triangle = node.weight(f"{node.name}/triangle", ones.T if reverse else ones)
    order = [*range(last + 1)]
    order[axis], order[last] = last, axis
    turned = permuted(node, ifm, order)
    rows = turned if last else reshaped(node, turned, (1, extent))
    sums = node.emit(nn.MatMulOp(rows, triangle))
    return permuted(node, reshaped(node, sums, nn.shape(turned)), order)
