"""Operators that reduce a window."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...channels import feature_map, from_feature_map
from ...windows import Window
from ..node import Node
from ..window import read_window


def max_pool(node: Node) -> SSAValue:
    node.ignore("storage_order")
    ifm, window, rank = _windowed(node)
    pooled = nn.MaxPool2dOp(ifm, window.kernel, window.stride, window.whole_pad)
    return from_feature_map(node, node.emit(pooled), rank)


def average_pool(node: Node) -> SSAValue:
    """Padding counts if `count_include_pad`, but what `ceil_mode` adds never does."""
    counting = bool(node.integer("count_include_pad", 0))
    ifm, window, rank = _windowed(node)
    pad = window.whole_pad
    if counting and any(window.ceil_pad):
        top, left, bottom, right = window.pad
        ifm = node.emit(nn.PadOp(ifm, (0, top, left, 0), (0, bottom, right, 0)))
        counting, pad = False, (0, 0, *window.ceil_pad)
    pooled = nn.AvgPool2dOp(
        ifm, window.kernel, window.stride, pad, counting_pad=counting and any(pad)
    )
    return from_feature_map(node, node.emit(pooled), rank)


def _windowed(node: Node) -> tuple[SSAValue, Window, int]:
    """The feature map, the window over it, and the rank that it had."""
    ifm = node.tensor(0)
    rank = len(nn.shape(ifm))
    kernel = node.integers("kernel_shape") or []
    if len(kernel) != rank - 2:
        raise node.wrong(f"a kernel_shape {kernel} on a tensor of rank {rank}")
    ifm = feature_map(node, ifm)
    _, rows, columns, _ = nn.shape(ifm)
    window = read_window(node, (rows, columns), kernel)
    if window.dilation != (1, 1):
        raise node.unsupported(f"dilations {list(window.dilation)}")
    return ifm, window, rank


CONVERTERS = {
    "MaxPool": max_pool,
    "AveragePool": average_pool,
}
