"""Functions of one element."""

from collections.abc import Callable
from math import inf, log

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.moving import split_evenly
from ..node import Node
from .elementwise import truncated

SELU_ALPHA, SELU_GAMMA = 1.6732632423543772, 1.0507009873554805


def unary(
    operator: Callable[[SSAValue], nn.UnaryOperator],
) -> Callable[[Node], SSAValue]:
    return lambda node: node.emit(operator(node.tensor("self")))


def between(low: float, high: float) -> Callable[[Node], SSAValue]:
    """Clamped; torch may say other bounds."""

    def convert(node: Node) -> SSAValue:
        least, most = node.real("min_val", low), node.real("max_val", high)
        return node.emit(nn.ClampOp(node.tensor("self"), least, most))

    return convert


def gelu(node: Node) -> SSAValue:
    approximate = node.text("approximate", "none")
    if approximate not in ("none", "tanh"):
        raise node.wrong(f"approximate '{approximate}', expected none or tanh")
    operator = nn.GeluTanhOp if approximate == "tanh" else nn.GeluOp
    return node.emit(operator(node.tensor("self")))


def glu(node: Node) -> SSAValue:
    """The first half of an axis times the sigmoid of the second."""
    axis = node.axis_of("self", node.integer("dim", -1))
    half, gate = split_evenly(node, node.tensor("self"), axis, 2)
    return node.emit(nn.MulOp(half, node.emit(nn.SigmoidOp(gate))))


def leaky_relu(node: Node) -> SSAValue:
    slope = node.real("negative_slope", 0.01)
    return node.emit(nn.LeakyReluOp(node.tensor("self"), slope))


def elu(node: Node) -> SSAValue:
    """With selu's parameters it is selu."""
    ifm, alpha, scale = (
        node.tensor("self"),
        node.real("alpha", 1.0),
        node.real("scale", 1.0),
    )
    if node.real("input_scale", 1.0) != 1:
        raise node.unsupported("an input_scale")
    if (alpha, scale) == (SELU_ALPHA, SELU_GAMMA):
        return node.emit(nn.SeluOp(ifm))
    return node.scaled(node.emit(nn.EluOp(ifm, alpha)), "scale", scale)


def celu(node: Node) -> SSAValue:
    return node.emit(nn.CeluOp(node.tensor("self"), node.real("alpha", 1.0)))


def prelu(node: Node) -> SSAValue:
    """A slope for each channel, axis 1; one slope for all is a leaky relu."""
    ifm, slope = node.tensor("self"), node.constant("weight")
    if slope.array.size == 1:
        return node.emit(nn.LeakyReluOp(ifm, slope.array.item()))
    last = channels_last(node, ifm)
    slopes = node.weight(slope.name, slope.array.reshape(-1))
    return channels_first(node, node.emit(nn.PReluOp(last, slopes)))


def softplus(node: Node) -> SSAValue:
    """`ln(1 + e ** (beta * x)) / beta`; far up it is x, whatever the threshold."""
    node.ignore("threshold")
    beta = node.real("beta", 1.0)
    inner = node.scaled(node.tensor("self"), "beta", beta)
    return node.scaled(node.emit(nn.SoftplusOp(inner)), "inverse_beta", 1 / beta)


def log_sigmoid(node: Node) -> SSAValue:
    """`-softplus(-x)`."""
    inner = node.emit(nn.NegOp(node.tensor("self")))
    return node.emit(nn.NegOp(node.emit(nn.SoftplusOp(inner))))


def shrink(soft: bool) -> Callable[[Node], SSAValue]:
    """Zero near 0; soft, the others come as much nearer."""

    def convert(node: Node) -> SSAValue:
        bound = node.real("lambd", 0.5)
        shrunk = nn.ShrinkOp(node.tensor("self"), bound, bound if soft else 0.0)
        return node.emit(shrunk)

    return convert


def threshold(node: Node) -> SSAValue:
    if node.real("value") != 0:
        raise node.unsupported("a value other than 0")
    return node.emit(nn.ThresholdedReluOp(node.tensor("self"), node.real("threshold")))


def logarithm(base: float) -> Callable[[Node], SSAValue]:
    def convert(node: Node) -> SSAValue:
        natural = node.emit(nn.LogOp(node.tensor("self")))
        return node.scaled(natural, "base", 1 / log(base))

    return convert


def logarithm_of_more(node: Node) -> SSAValue:
    """`ln(1 + x)`."""
    one = node.weight(f"{node.name}/one", np.array(1))
    return node.emit(nn.LogOp(node.emit(nn.AddOp(node.tensor("self"), one))))


def power_less_one(node: Node) -> SSAValue:
    """`e ** x - 1`."""
    one = node.weight(f"{node.name}/one", np.array(1))
    return node.emit(nn.SubOp(node.emit(nn.ExpOp(node.tensor("self"))), one))


def round_(node: Node) -> SSAValue:
    if node.integer("decimals", 0):
        raise node.unsupported("decimals")
    return node.emit(nn.RoundOp(node.tensor("self")))


CONVERTERS = {
    "relu": between(0.0, inf),
    "relu6": between(0.0, 6.0),
    "hardtanh": between(-1.0, 1.0),
    "abs": unary(nn.AbsOp),
    "neg": unary(nn.NegOp),
    "sign": unary(nn.SignOp),
    "square": unary(nn.SquareOp),
    "reciprocal": unary(nn.ReciprocalOp),
    "sqrt": unary(nn.SqrtOp),
    "rsqrt": unary(nn.RsqrtOp),
    "exp": unary(nn.ExpOp),
    "expm1": power_less_one,
    "log": unary(nn.LogOp),
    "log2": logarithm(2),
    "log10": logarithm(10),
    "log1p": logarithm_of_more,
    "sin": unary(nn.SinOp),
    "cos": unary(nn.CosOp),
    "floor": unary(nn.FloorOp),
    "ceil": unary(nn.CeilOp),
    "round": round_,
    "trunc": lambda node: truncated(node, node.tensor("self")),
    "erf": unary(nn.ErfOp),
    "tanh": unary(nn.TanhOp),
    "sigmoid": unary(nn.SigmoidOp),
    "silu": unary(nn.SiluOp),
    "mish": unary(nn.MishOp),
    "gelu": gelu,
    "glu": glu,
    "softplus": softplus,
    "log_sigmoid": log_sigmoid,
    "hardswish": unary(nn.HardSwishOp),
    "hardsigmoid": lambda node: node.emit(
        nn.HardSigmoidOp(node.tensor("self"), 1 / 6, 0.5)
    ),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": unary(nn.SeluOp),
    "celu": celu,
    "prelu": prelu,
    "_prelu_kernel": prelu,
    "softshrink": shrink(soft=True),
    "hardshrink": shrink(soft=False),
    "threshold": threshold,
}
