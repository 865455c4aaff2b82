"""Operators that reduce a window."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node
from ..window import feature_map, from_feature_map, planar, read_window

Pool = type[nn.MaxPool2dOp] | type[nn.AvgPool2dOp]


def pool(operator: Pool) -> Callable[[Node], SSAValue]:
    """Padding never wins, and never counts in an average."""

    def convert(node: Node) -> SSAValue:
        ifm = feature_map(node)
        _, rows, columns, _ = nn.shape(ifm)
        window = read_window(node, (rows, columns), planar(node, "ksize"))
        pooled = operator(ifm, window.kernel, window.stride, window.pad)
        return from_feature_map(node, node.emit(pooled))

    return convert


CONVERTERS = {
    "MaxPool": pool(nn.MaxPool2dOp),
    "AvgPool": pool(nn.AvgPool2dOp),
}
