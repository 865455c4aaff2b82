"""Layers that reduce a window of integers."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.semantics.compass import approximate
from ....dialects.semantics.real.windows import counts
from ..node import IrNode
from ..operators.convolution import feature_map
from ..operators.pooling import counts_pad, whole_pad
from ..operators.pooling import pooling as of_reals
from .movement import moved
from .site import bottom_element, in_range, rescale, top_element

AROUND = "counted_from"
"""A key of our own: `around` of `nn.avg_pool2d`."""

moved_maximum = moved(of_reals)


def pooling(node: IrNode) -> SSAValue | Sequence[SSAValue]:
    """A maximum moves an integer; an average has a multiplier for every count."""
    if node.method() == "MAX":
        return moved_maximum(node)
    if node.method() != "AVG":
        raise node.unsupported(f"the method {node.method()}")
    ifm, window, pad = feature_map(node), node.window(), whole_pad(node)
    size = window.kernel[0] * window.kernel[1]
    counting = counts_pad(node) or not any(pad)
    occurring = [size]
    if not counting:
        inside = counts(np.empty(nn.shape(ifm)), window.kernel, window.stride, pad)
        occurring = np.unique(inside).tolist()
    ratio = bottom_element(node).scale / top_element(node).scale
    ofm = nn.AvgPool2dOp(
        ifm,
        window.kernel,
        window.stride,
        pad,
        counting_pad=counting and any(pad),
        around=node.block.integer(AROUND) if AROUND in node.block else None,
        rescale=mean_rescale(node, ratio, size, occurring),
        element=top_element(node),
    )
    return node.emit(ofm)


def mean_rescale(
    node: IrNode, ratio: float, size: int, occurring: list[int]
) -> RescaleAttr:
    """`sum * ratio / count`, with eight bits for each multiplier.

    Counts that do not occur have the multiplier 0. One for all where one occurs. A
    text of this compiler says the multipliers itself.
    """
    if "scale_value" in node.block:
        return rescale(node, fine=True)
    factors = approximate(np.float32(ratio) / np.array(occurring, np.float32))
    shift = max(0, int(factors.shift.max()))
    shifted = (factors.multiplier << (shift - factors.shift)).tolist()
    if len(occurring) == 1:
        multipliers = shifted
    else:
        by_count = dict(zip(occurring, shifted, strict=True))
        multipliers = [by_count.get(count, 0) for count in range(1, size + 1)]
    multipliers, shift = in_range(node, multipliers, shift)
    return RescaleAttr(Rescale(tuple(multipliers), shift))


CONVERTERS = {"Pooling": pooling}
