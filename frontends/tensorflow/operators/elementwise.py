"""Operators on every element alike."""

from functools import reduce
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...elementwise import binary, clamp, squared_difference, swapped, unary
from ..integers import holds
from ..node import Node
from ..tensor_proto import REALS, DataType


def clip(node: Node) -> SSAValue:
    low, high = node.constant_real(1), node.constant_real(2)
    return node.emit(nn.ClampOp(node.tensor(0), low, max(low, high)))


def elu(node: Node) -> SSAValue:
    return node.emit(nn.EluOp(node.tensor(0), 1.0))


def leaky_relu(node: Node) -> SSAValue:
    return node.emit(nn.LeakyReluOp(node.tensor(0), node.real("alpha", 0.2)))


def add_n(node: Node) -> SSAValue:
    """All inputs, from left to right."""
    return reduce(lambda lhs, rhs: node.emit(nn.AddOp(lhs, rhs)), node.tensors())


def not_equal(node: Node) -> SSAValue:
    """`1 - (lhs == rhs)`."""
    equal = node.emit(nn.EqualOp(node.tensor(0), node.tensor(1)))
    return node.emit(nn.SubOp(node.weight("one", np.array(1.0)), equal))


def erfc(node: Node) -> SSAValue:
    """`1 - erf(x)`."""
    rest = node.emit(nn.ErfOp(node.tensor(0)))
    return node.emit(nn.SubOp(node.weight("one", np.array(1.0)), rest))


def floor_divide(node: Node) -> SSAValue:
    ratio = node.emit(nn.DivOp(node.tensor(0), node.tensor(1)))
    return node.emit(nn.FloorOp(ratio))


def floor_modulo(node: Node) -> SSAValue:
    """`lhs - floor(lhs / rhs) * rhs`."""
    whole = node.emit(nn.MulOp(floor_divide(node), node.tensor(1)))
    return node.emit(nn.SubOp(node.tensor(0), whole))


def select(node: Node) -> SSAValue:
    return node.emit(nn.SelectOp(node.tensor(0), node.tensor(1), node.tensor(2)))


def cast(node: Node) -> SSAValue:
    """From reals or whole numbers to reals, or to more whole numbers."""
    before, after = node.definition.attributes.get("SrcT"), node.dtype("DstT")
    more = isinstance(before, DataType) and holds(after, before)
    if after not in REALS and not more:
        raise node.unsupported("a cast that rounds or wraps")
    return node.tensor(0)


CONVERTERS = {
    "Abs": unary(nn.AbsOp),
    "Neg": unary(nn.NegOp),
    "Sign": unary(nn.SignOp),
    "Square": unary(nn.SquareOp),
    "Reciprocal": unary(nn.ReciprocalOp),
    "Inv": unary(nn.ReciprocalOp),
    "Sqrt": unary(nn.SqrtOp),
    "Rsqrt": unary(nn.RsqrtOp),
    "Exp": unary(nn.ExpOp),
    "Log": unary(nn.LogOp),
    "Sin": unary(nn.SinOp),
    "Cos": unary(nn.CosOp),
    "Floor": unary(nn.FloorOp),
    "Ceil": unary(nn.CeilOp),
    "Round": unary(nn.RoundOp),
    "Rint": unary(nn.RoundOp),
    "Erf": unary(nn.ErfOp),
    "Erfc": erfc,
    "Tanh": unary(nn.TanhOp),
    "Sigmoid": unary(nn.SigmoidOp),
    "Softplus": unary(nn.SoftplusOp),
    "Softsign": unary(nn.SoftsignOp),
    "Selu": unary(nn.SeluOp),
    "Elu": elu,
    "Relu": clamp(0.0, inf),
    "Relu6": clamp(0.0, 6.0),
    "LeakyRelu": leaky_relu,
    "ClipByValue": clip,
    "Add": binary(nn.AddOp),
    "AddV2": binary(nn.AddOp),
    "Sub": binary(nn.SubOp),
    "Mul": binary(nn.MulOp),
    "Div": binary(nn.DivOp),
    "RealDiv": binary(nn.DivOp),
    "FloorDiv": floor_divide,
    "FloorMod": floor_modulo,
    "Pow": binary(nn.PowOp),
    "Maximum": binary(nn.MaximumOp),
    "Minimum": binary(nn.MinimumOp),
    "Equal": binary(nn.EqualOp),
    "NotEqual": not_equal,
    "Less": binary(nn.LessOp),
    "LessEqual": binary(nn.LessOrEqualOp),
    "Greater": swapped(nn.LessOp),
    "GreaterEqual": swapped(nn.LessOrEqualOp),
    "Select": select,
    "SelectV2": select,
    "SquaredDifference": squared_difference,
    "AddN": add_n,
    "Cast": cast,
}
