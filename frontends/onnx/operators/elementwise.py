"""Operators on every element alike."""

from collections.abc import Callable
from functools import reduce
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node


def unary(
    operator: Callable[[SSAValue], nn.UnaryOperator],
) -> Callable[[Node], SSAValue]:
    return lambda node: node.emit(operator(node.tensor(0)))


def binary(
    operator: Callable[[SSAValue, SSAValue], nn.BinaryOperator],
) -> Callable[[Node], SSAValue]:
    return lambda node: node.emit(operator(node.tensor(0), node.tensor(1)))


def chain(
    operator: Callable[[SSAValue, SSAValue], nn.BinaryOperator],
) -> Callable[[Node], SSAValue]:
    """One input or many, from left to right."""
    return lambda node: reduce(
        lambda lhs, rhs: node.emit(operator(lhs, rhs)), node.tensors()
    )


def mean(node: Node) -> SSAValue:
    """The sum of the inputs, divided by their number."""
    count = node.weight(f"{node.name}/count", np.array(len(node.inputs)))
    return node.emit(nn.DivOp(chain(nn.AddOp)(node), count))


def relu(node: Node) -> SSAValue:
    return node.emit(nn.ClampOp(node.tensor(0), 0.0, inf))


def clip(node: Node) -> SSAValue:
    """The bounds are attributes before opset 11, constant inputs since."""
    low = node.constant_real(1) if node.has(1) else node.real("min", -inf)
    high = node.constant_real(2) if node.has(2) else node.real("max", inf)
    # Bounds that cross leave nothing but the upper one.
    return node.emit(nn.ClampOp(node.tensor(0), min(low, high), high))


def leaky_relu(node: Node) -> SSAValue:
    return node.emit(nn.LeakyReluOp(node.tensor(0), node.real("alpha", 0.01)))


def prelu(node: Node) -> SSAValue:
    """`max(x, 0) + slope * min(x, 0)`; one slope for all is a leaky relu."""
    ifm, slope = node.tensor(0), node.constant(1)
    if slope.array.size == 1:
        return node.emit(nn.LeakyReluOp(ifm, node.constant_real(1)))
    positive = node.emit(nn.ClampOp(ifm, 0.0, inf))
    negative = node.emit(nn.ClampOp(ifm, -inf, 0.0))
    scaled = node.emit(nn.MulOp(negative, node.weight(slope.name, slope.array)))
    return node.emit(nn.AddOp(positive, scaled))


def hard_sigmoid(node: Node) -> SSAValue:
    alpha, beta = node.real("alpha", 0.2), node.real("beta", 0.5)
    return node.emit(nn.HardSigmoidOp(node.tensor(0), alpha, beta))


def reciprocal(node: Node) -> SSAValue:
    one = node.weight(f"{node.name}/one", np.array(1))
    return node.emit(nn.DivOp(one, node.tensor(0)))


CONVERTERS = {
    "Abs": unary(nn.AbsOp),
    "Neg": unary(nn.NegOp),
    "Exp": unary(nn.ExpOp),
    "Log": unary(nn.LogOp),
    "Sqrt": unary(nn.SqrtOp),
    "Sigmoid": unary(nn.SigmoidOp),
    "Tanh": unary(nn.TanhOp),
    "HardSwish": unary(nn.HardSwishOp),
    "Add": binary(nn.AddOp),
    "Sub": binary(nn.SubOp),
    "Mul": binary(nn.MulOp),
    "Div": binary(nn.DivOp),
    "Pow": binary(nn.PowOp),
    "Sum": chain(nn.AddOp),
    "Max": chain(nn.MaximumOp),
    "Min": chain(nn.MinimumOp),
    "Mean": mean,
    "Relu": relu,
    "Clip": clip,
    "LeakyRelu": leaky_relu,
    "PRelu": prelu,
    "HardSigmoid": hard_sigmoid,
    "Reciprocal": reciprocal,
}
