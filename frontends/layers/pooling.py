"""Layers that reduce a window or the whole map, on blobs [N, C, H, W]."""

from xdsl.ir import SSAValue

from ...dialects import nn
from ..vocabulary.channels import channels_first, channels_last
from ..vocabulary.pooling import largest, mean
from ..vocabulary.windows import Window
from .node import LayerNode


def pool(
    node: LayerNode, window: Window, *, averaging: bool, counting_pad: bool
) -> SSAValue:
    """What a last, partial window lacks wins no maximum and counts in no average."""
    ifm = channels_last(node, node.bottom())
    reduced = mean(counting_pad) if averaging else largest
    return channels_first(node, reduced(node, ifm, window))


def global_pool(node: LayerNode, *, averaging: bool) -> SSAValue:
    """[N, C, 1, 1]."""
    ifm = channels_last(node, node.bottom())
    operator = nn.ReduceMeanOp if averaging else nn.ReduceMaxOp
    return channels_first(node, node.emit(operator(ifm, (1, 2), keep=True)))
