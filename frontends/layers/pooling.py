"""Layers that reduce a window or the whole map, on blobs [N, C, H, W]."""

from xdsl.ir import SSAValue

from ...dialects import nn
from ..channels import channels_first, channels_last
from ..windows import Window
from .node import LayerNode


def pool(
    node: LayerNode, window: Window, *, averaging: bool, counting_pad: bool
) -> SSAValue:
    """What a last, partial window lacks wins no maximum and counts in no average."""
    ifm = channels_last(node, node.bottom())
    if not averaging:
        ofm = nn.MaxPool2dOp(ifm, window.kernel, window.stride, window.whole_pad)
        return channels_first(node, node.emit(ofm))
    pad = window.whole_pad
    if counting_pad and any(window.ceil_pad):
        top, left, bottom, right = window.pad
        if any(window.pad):
            ifm = node.emit(nn.PadOp(ifm, (0, top, left, 0), (0, bottom, right, 0)))
        counting_pad, pad = False, (0, 0, *window.ceil_pad)
    ofm = nn.AvgPool2dOp(
        ifm, window.kernel, window.stride, pad, counting_pad=counting_pad and any(pad)
    )
    return channels_first(node, node.emit(ofm))


def global_pool(node: LayerNode, *, averaging: bool) -> SSAValue:
    """[N, C, 1, 1]."""
    ifm = channels_last(node, node.bottom())
    operator = nn.ReduceMeanOp if averaging else nn.ReduceMaxOp
    return channels_first(node, node.emit(operator(ifm, (1, 2), keep=True)))
