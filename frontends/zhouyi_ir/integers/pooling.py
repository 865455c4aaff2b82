"""Layers that reduce a window of integers."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.semantics.real.windows import counts
from ..node import IrNode
from ..operators.convolution import feature_map
from ..operators.pooling import counts_pad, whole_pad
from ..operators.pooling import pooling as of_reals
from .movement import moved
from .site import bottom_element, in_range, top_element

MULTIPLIER_BITS = 8


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
        rescale=mean_rescale(node, ratio, size, occurring),
        element=top_element(node),
    )
    return node.emit(ofm)


def mean_rescale(
    node: IrNode, ratio: float, size: int, occurring: list[int]
) -> RescaleAttr:
    """`sum * ratio / count`, with eight bits for each multiplier.

    Counts that do not occur have the multiplier 0. One for all where one occurs.
    """
    pairs = {count: approximate(ratio, count) for count in occurring}
    shift = max(shift for _, shift in pairs.values())
    shifted = {count: n << (shift - own) for count, (n, own) in pairs.items()}
    if len(shifted) == 1:
        multipliers = list(shifted.values())
    else:
        multipliers = [shifted.get(count, 0) for count in range(1, size + 1)]
    multipliers, shift = in_range(node, multipliers, shift)
    return RescaleAttr(Rescale(tuple(multipliers), shift))


def approximate(ratio: float, count: int) -> tuple[int, int]:
    """Multiplier and shift of `ratio / count`, as the Optimizer has them.

    Source: facts of its `get_scale_approximation_params`, in float32.
    """
    wanted = np.float32(ratio) / np.float32(count)
    most = np.float32((1 << MULTIPLIER_BITS) - 1)
    shift = min(int(np.floor(np.log2(most / wanted))), 31)
    multiplier = int(np.floor(wanted * np.float32(2.0) ** np.float32(shift) + 0.5))
    return (1, 0) if multiplier == 2.0**shift else (multiplier, shift)


CONVERTERS = {"Pooling": pooling}
