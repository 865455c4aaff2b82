"""Layers that reduce a window."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.windows import Window
from ..node import IrNode
from .convolution import feature_map


def pooling(node: IrNode) -> SSAValue:
    ifm, pad = feature_map(node), whole_pad(node)
    window = node.window()
    match node.method():
        case "MAX":
            ofm = nn.MaxPool2dOp(ifm, window.kernel, window.stride, pad)
        case "AVG":
            ofm = nn.AvgPool2dOp(
                ifm,
                window.kernel,
                window.stride,
                pad,
                counting_pad=counts_pad(node) and any(pad),
            )
        case other:
            raise node.unsupported(f"the method {other}")
    return node.emit(ofm)


def counts_pad(node: IrNode) -> bool:
    """Whether an average divides by the whole window at the edges, too."""
    return node.block.flag("count_include_pad", True)


def whole_pad(node: IrNode) -> tuple[int, int, int, int]:
    """The pads, and below and on the right what the last, partial window lacks.

    The shape of the top says how many windows there are, whatever `ceil_mode` says.
    """
    window = node.window()
    if window.dilation != (1, 1):
        raise node.unsupported(f"a dilation of {window.dilation}")
    shape = node.top_shape()
    if len(shape) != 4:
        raise node.wrong(f"a top of rank {len(shape)}, expected [N, H, W, C]")
    top, left, bottom, right = window.pad
    return (
        top,
        left,
        bottom + lacking(node, 0, shape[1], window),
        right + lacking(node, 1, shape[2], window),
    )


def lacking(node: IrNode, axis: int, count: int, window: Window) -> int:
    """What the last of `count` windows needs beyond the pads."""
    extent = nn.shape(node.bottom())[1 + axis]
    reach = (count - 1) * window.stride[axis] + window.kernel[axis]
    beyond = reach - extent - window.pad[axis] - window.pad[axis + 2]
    if beyond >= window.kernel[axis]:
        raise node.wrong(f"{count} windows of {window.kernel} do not fit its bottom")
    return max(beyond, 0)


CONVERTERS = {"Pooling": pooling}
