"""Operators on every element alike."""

from collections.abc import Callable
from functools import reduce
from math import inf

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import shapes
from ...elementwise import clamp, squared_difference, unary
from ..fused import activated
from ..node import Node


def binary(
    operator: Callable[[SSAValue, SSAValue], nn.BinaryOperator],
) -> Callable[[Node], SSAValue]:
    return lambda node: activated(
        node, node.emit(operator(node.tensor(0), node.tensor(1)))
    )


def add_n(node: Node) -> SSAValue:
    """The sum of all inputs, from left to right."""
    operands = [node.operand(value) for value in node.values()]
    return reduce(lambda lhs, rhs: node.emit(nn.AddOp(lhs, rhs)), operands)


def leaky_relu(node: Node) -> SSAValue:
    return node.emit(nn.LeakyReluOp(node.tensor(0), node.real("Alpha")))


def prelu(node: Node) -> SSAValue:
    ifm, slope = node.tensor(0), node.tensor(1)
    extents = nn.shape(ifm)
    if shapes.broadcast(extents, nn.shape(slope)) != extents:
        raise node.wrong(f"slopes {list(nn.shape(slope))} for {list(extents)}")
    return node.emit(nn.PReluOp(ifm, slope))


def gelu(node: Node) -> SSAValue:
    """Exact, or with the usual tanh in place of erf."""
    operator = nn.GeluTanhOp if node.integer("Approximate", 0) else nn.GeluOp
    return node.emit(operator(node.tensor(0)))


def select(node: Node) -> SSAValue:
    condition, lhs, rhs = (node.tensor(position) for position in range(3))
    return node.emit(nn.SelectOp(condition, lhs, rhs))


CONVERTERS = {
    "ABS": unary(nn.AbsOp),
    "NEG": unary(nn.NegOp),
    "EXP": unary(nn.ExpOp),
    "LOG": unary(nn.LogOp),
    "SQRT": unary(nn.SqrtOp),
    "RSQRT": unary(nn.RsqrtOp),
    "SQUARE": unary(nn.SquareOp),
    "SIN": unary(nn.SinOp),
    "COS": unary(nn.CosOp),
    "FLOOR": unary(nn.FloorOp),
    "CEIL": unary(nn.CeilOp),
    "ROUND": unary(nn.RoundOp),
    "SIGN": unary(nn.SignOp),
    "LOGISTIC": unary(nn.SigmoidOp),
    "TANH": unary(nn.TanhOp),
    "HARD_SWISH": unary(nn.HardSwishOp),
    "ELU": unary(lambda ifm: nn.EluOp(ifm, 1.0)),
    "GELU": gelu,
    "RELU": clamp(0.0, inf),
    "RELU6": clamp(0.0, 6.0),
    "RELU_N1_TO_1": clamp(-1.0, 1.0),
    "RELU_0_TO_1": clamp(0.0, 1.0),
    "LEAKY_RELU": leaky_relu,
    "PRELU": prelu,
    "ADD": binary(nn.AddOp),
    "SUB": binary(nn.SubOp),
    "MUL": binary(nn.MulOp),
    "DIV": binary(nn.DivOp),
    "MINIMUM": binary(nn.MinimumOp),
    "MAXIMUM": binary(nn.MaximumOp),
    "POW": binary(nn.PowOp),
    "EQUAL": binary(nn.EqualOp),
    "LESS": binary(nn.LessOp),
    "LESS_EQUAL": binary(nn.LessOrEqualOp),
    "ADD_N": add_n,
    "SQUARED_DIFFERENCE": squared_difference,
    "SELECT": select,
    "SELECT_V2": select,
}
