"""Operators that are sums of products, however they are written."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.cumulative import cumulative_sum
from ...vocabulary.einsum import einsum
from ..node import Node


def einstein(node: Node) -> SSAValue:
    node.ignore("path")
    return einsum(node, node.text("equation", ""), node.tensors("tensors"))


def sums(node: Node) -> SSAValue:
    """Of all elements up to each."""
    node.ignore("dtype")
    axis = node.axis_of("self", node.integer("dim"))
    return cumulative_sum(node, node.tensor("self"), axis)


def with_vector(node: Node) -> SSAValue:
    """A matrix or a vector with a vector."""
    other = node.tensor("vec" if node.has("vec") else "tensor")
    products = node.emit(nn.MulOp(node.tensor("self"), other))
    last = len(nn.shape(products)) - 1
    return node.emit(nn.ReduceSumOp(products, [last], keep=False))


CONVERTERS = {
    "einsum": einstein,
    "cumsum": sums,
    "mv": with_vector,
    "dot": with_vector,
}
