"""Operators that reduce a window."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.windows import Window
from ..fused import activated
from ..node import Node
from ..pinning import UNSIGNED_ZERO
from ..window import read_window


def average_pool_2d(node: Node) -> SSAValue:
    """Padding does not count. Integers are divided as they are stored, away from 0."""
    ifm, window = _windowed(node)
    zero = {"INT8": 0, "UINT8": -UNSIGNED_ZERO}.get(node.results[0].kind)
    pooled = nn.AvgPool2dOp(ifm, window.kernel, window.stride, window.pad, around=zero)
    return activated(node, node.emit(pooled))


def max_pool_2d(node: Node) -> SSAValue:
    ifm, window = _windowed(node)
    pooled = nn.MaxPool2dOp(ifm, window.kernel, window.stride, window.pad)
    return activated(node, node.emit(pooled))


def _windowed(node: Node) -> tuple[SSAValue, Window]:
    ifm = node.tensor(0)
    if len(nn.shape(ifm)) != 4:
        raise node.wrong(f"a window over a tensor of rank {len(nn.shape(ifm))}")
    kernel = (node.positive("FilterHeight"), node.positive("FilterWidth"))
    return ifm, read_window(node, nn.shape(ifm)[1:3], kernel)


CONVERTERS = {
    "AVERAGE_POOL_2D": average_pool_2d,
    "MAX_POOL_2D": max_pool_2d,
}
