"""Layers that move elements, on blobs with the batch in front."""

from collections.abc import Sequence

from xdsl.ir import SSAValue

from ...dialects import nn
from ..vocabulary.channels import channels_first, channels_last
from .node import LayerNode

LARGEST_EXTENT = 1 << 16
"""Rows or columns of a map that is made larger."""

TO_PIXELS = {
    True: "n (c a b) h w -> n c (h a) (w b)",
    False: "n (a b c) h w -> n c (h a) (w b)",
}
TO_CHANNELS = {
    True: "n c (h a) (w b) -> n (c a b) h w",
    False: "n c (h a) (w b) -> n (a b c) h w",
}
"""Squares of pixels as channels and back, with the old channel counted first or not."""


def resized(
    node: LayerNode,
    size: Sequence[int],
    step: Sequence[float],
    offset: Sequence[float],
    method: str,
) -> SSAValue:
    """The bottom [N, C, H, W] with another number of rows and columns."""
    if not all(0 < extent <= LARGEST_EXTENT for extent in size):
        raise node.wrong(f"a map of {size[0]} x {size[1]}")
    ifm = channels_last(node, node.bottom())
    ofm = node.emit(nn.ResizeOp(ifm, size, step, offset, method))
    return channels_first(node, ofm)
