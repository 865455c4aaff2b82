"""Functions of one element."""

from collections.abc import Callable
from math import inf

from xdsl.ir import SSAValue

from ....dialects import nn
from ...elementwise import clamp, unary
from ..node import Node

SELU_ALPHA, SELU_GAMMA = 1.6732632, 1.050701


def with_alpha(
    operator: Callable[[SSAValue, float], nn.AlphaOperator], default: float
) -> Callable[[Node], SSAValue]:
    return lambda node: node.emit(operator(node.tensor(0), node.real("alpha", default)))


def clip(node: Node) -> SSAValue:
    """The bounds are attributes before opset 11, constant inputs since."""
    low = node.constant_real(1) if node.has(1) else node.real("min", -inf)
    high = node.constant_real(2) if node.has(2) else node.real("max", inf)
    # Bounds that cross leave nothing but the upper one.
    return node.emit(nn.ClampOp(node.tensor(0), min(low, high), high))


def hard_sigmoid(node: Node) -> SSAValue:
    alpha, beta = node.real("alpha", 0.2), node.real("beta", 0.5)
    return node.emit(nn.HardSigmoidOp(node.tensor(0), alpha, beta))


def gelu(node: Node) -> SSAValue:
    approximate = node.text("approximate", "none")
    if approximate not in ("none", "tanh"):
        raise node.wrong(f"approximate '{approximate}', expected none or tanh")
    operator = nn.GeluTanhOp if approximate == "tanh" else nn.GeluOp
    return node.emit(operator(node.tensor(0)))


def selu(node: Node) -> SSAValue:
    """With other parameters than the usual ones, a scaled elu."""
    alpha, gamma = node.real("alpha", SELU_ALPHA), node.real("gamma", SELU_GAMMA)
    if (alpha, gamma) == (SELU_ALPHA, SELU_GAMMA):
        return node.emit(nn.SeluOp(node.tensor(0)))
    return node.scaled(node.emit(nn.EluOp(node.tensor(0), alpha)), "gamma", gamma)


def swish(node: Node) -> SSAValue:
    """`x * sigmoid(alpha * x)`."""
    ifm, alpha = node.tensor(0), node.real("alpha", 1.0)
    if alpha == 1:
        return node.emit(nn.SiluOp(ifm))
    gate = node.emit(nn.SigmoidOp(node.scaled(ifm, "alpha", alpha)))
    return node.emit(nn.MulOp(ifm, gate))


def shrink(node: Node) -> SSAValue:
    bound, bias = node.real("lambd", 0.5), node.real("bias", 0.0)
    return node.emit(nn.ShrinkOp(node.tensor(0), bound, bias))


def tangent(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    sine, cosine = node.emit(nn.SinOp(ifm)), node.emit(nn.CosOp(ifm))
    return node.emit(nn.DivOp(sine, cosine))


def half_of(
    operator: Callable[[SSAValue, SSAValue], nn.BinaryOperator],
) -> Callable[[Node], SSAValue]:
    """Half the sum or the difference of `e ** x` and `e ** -x`."""

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        rising = node.emit(nn.ExpOp(ifm))
        falling = node.emit(nn.ExpOp(node.emit(nn.NegOp(ifm))))
        return node.scaled(node.emit(operator(rising, falling)), "half", 0.5)

    return convert


CONVERTERS = {
    "Abs": unary(nn.AbsOp),
    "Neg": unary(nn.NegOp),
    "Sign": unary(nn.SignOp),
    "Reciprocal": unary(nn.ReciprocalOp),
    "Sqrt": unary(nn.SqrtOp),
    "Exp": unary(nn.ExpOp),
    "Log": unary(nn.LogOp),
    "Sin": unary(nn.SinOp),
    "Cos": unary(nn.CosOp),
    "Tan": tangent,
    "Sinh": half_of(nn.SubOp),
    "Cosh": half_of(nn.AddOp),
    "Floor": unary(nn.FloorOp),
    "Ceil": unary(nn.CeilOp),
    "Round": unary(nn.RoundOp),
    "Erf": unary(nn.ErfOp),
    "Tanh": unary(nn.TanhOp),
    "Sigmoid": unary(nn.SigmoidOp),
    "Softplus": unary(nn.SoftplusOp),
    "Softsign": unary(nn.SoftsignOp),
    "Mish": unary(nn.MishOp),
    "HardSwish": unary(nn.HardSwishOp),
    "HardSigmoid": hard_sigmoid,
    "Gelu": gelu,
    "Selu": selu,
    "Swish": swish,
    "Shrink": shrink,
    "LeakyRelu": with_alpha(nn.LeakyReluOp, 0.01),
    "Elu": with_alpha(nn.EluOp, 1.0),
    "Celu": with_alpha(nn.CeluOp, 1.0),
    "ThresholdedRelu": with_alpha(nn.ThresholdedReluOp, 1.0),
    "Relu": clamp(0.0, inf),
    "Clip": clip,
}
