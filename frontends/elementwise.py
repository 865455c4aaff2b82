"""Rows of operators on every element alike, for all formats that count their inputs.

Each makes the converter of a node of an operator of `nn`.
"""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ..dialects import nn
from .network import Emitter
from .node import Node

Unary = Callable[[SSAValue], nn.Operator]
Binary = Callable[[SSAValue, SSAValue], nn.Operator]
Converter = Callable[[Node[int]], SSAValue]


def unary(operator: Unary) -> Converter:
    """Of the first input."""
    return lambda node: node.emit(operator(node.tensor(0)))


def binary(operator: Binary) -> Converter:
    """Of the first two inputs."""
    return lambda node: node.emit(operator(node.tensor(0), node.tensor(1)))


def swapped(operator: Binary) -> Converter:
    """Of the first two inputs in the other order: a greater of a less."""
    return lambda node: node.emit(operator(node.tensor(1), node.tensor(0)))


def clamp(low: float, high: float) -> Converter:
    """Between two numbers."""
    return lambda node: node.emit(nn.ClampOp(node.tensor(0), low, high))


def squared_difference(node: Node[int]) -> SSAValue:
    """`(lhs - rhs) ** 2`."""
    difference = node.emit(nn.SubOp(node.tensor(0), node.tensor(1)))
    return node.emit(nn.SquareOp(difference))


def logarithmic_softmax(node: Emitter, ifm: SSAValue, axes: list[int]) -> SSAValue:
    """`x - max - log(sum(exp(x - max)))`: the logarithm of a softmax may be of 0."""
    greatest = node.emit(nn.ReduceMaxOp(ifm, axes, keep=True))
    shifted = node.emit(nn.SubOp(ifm, greatest))
    powers = node.emit(nn.ExpOp(shifted))
    total = node.emit(nn.ReduceSumOp(powers, axes, keep=True))
    return node.emit(nn.SubOp(shifted, node.emit(nn.LogOp(total))))
