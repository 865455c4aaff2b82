"""Functions of one element: `Activation` by its methods, and `with_activation`."""

from collections.abc import Callable, Mapping
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ..node import IrNode

Function = Callable[[IrNode, SSAValue], SSAValue]


def plain(operator: Callable[[SSAValue], nn.UnaryOperator]) -> Function:
    return lambda node, value: node.emit(operator(value))


def with_alpha(
    operator: Callable[[SSAValue, float], nn.UnaryOperator], key: str = "alpha"
) -> Function:
    return lambda node, value: node.emit(operator(value, node.block.real(key)))


def clamp(low: float, high: float) -> Function:
    return lambda node, value: node.emit(nn.ClampOp(value, low, high))


def clip(node: IrNode, value: SSAValue) -> SSAValue:
    low, high = node.block.real("clip_min", -inf), node.block.real("clip_max", inf)
    if not low <= high:
        raise node.wrong(f"it clips to [{low}, {high}]")
    return node.emit(nn.ClampOp(value, low, high))


def hard_sigmoid(node: IrNode, value: SSAValue) -> SSAValue:
    alpha, beta = node.block.real("alpha"), node.block.real("beta")
    bounds = node.block.real("clip_min", 0.0), node.block.real("clip_max", 1.0)
    if bounds != (0.0, 1.0):
        raise node.unsupported(f"bounds of {bounds}")
    return node.emit(nn.HardSigmoidOp(value, alpha, beta))


def gelu(node: IrNode, value: SSAValue) -> SSAValue:
    approximate = node.block.text("approximate", "NONE").upper() == "TANH"
    return node.emit((nn.GeluTanhOp if approximate else nn.GeluOp)(value))


def selu(node: IrNode, value: SSAValue) -> SSAValue:
    """One function of the name; with other numbers, a scaled elu."""
    alpha = node.block.real("alpha", 1.67326324)
    gamma = node.block.real("gamma", 1.05070098)
    if np.allclose([alpha, gamma], [1.67326324, 1.05070098], atol=1e-5):
        return node.emit(nn.SeluOp(value))
    return node.emit(
        nn.MulOp(node.emit(nn.EluOp(value, alpha)), node.scalar("gamma", gamma))
    )


def shrink(node: IrNode, value: SSAValue) -> SSAValue:
    bound, bias = node.block.real("lambd"), node.block.real("bias")
    return node.emit(nn.ShrinkOp(value, bound, bias))


def swish(node: IrNode, value: SSAValue) -> SSAValue:
    if node.block.real("alpha", 1.0) != 1.0:
        raise node.unsupported("a slope other than 1")
    return node.emit(nn.SiluOp(value))


def prelu(node: IrNode, value: SSAValue) -> SSAValue:
    """A slope for each channel, or one."""
    slope = node.array("negative_slope") if node.holds("negative_slope") else None
    channels = nn.shape(value)[-1]
    if slope is not None and slope.dtype.kind == "f" and slope.size != channels:
        return node.emit(nn.PReluOp(value, node.kept(Part.SLOPE, slope)))
    return node.emit(nn.PReluOp(value, node.stored_per_channel(Part.SLOPE, channels)))


METHODS: Mapping[str, Function] = {
    "NONE": lambda node, value: value,
    "CELU": with_alpha(nn.CeluOp),
    "CLIP": clip,
    "ELU": with_alpha(nn.EluOp),
    "GELU": gelu,
    "HARDSIGMOID": hard_sigmoid,
    "HARDSWISH": plain(nn.HardSwishOp),
    "LEAKYRELU": with_alpha(nn.LeakyReluOp, "negative_slope_value"),
    "MISH": plain(nn.MishOp),
    "PRELU": prelu,
    "RELU": clamp(0.0, inf),
    "RELU6": clamp(0.0, 6.0),
    "SELU": selu,
    "SHRINK": shrink,
    "SIGMOID": plain(nn.SigmoidOp),
    "SILU": plain(nn.SiluOp),
    "SOFTPLUS": plain(nn.SoftplusOp),
    "SOFTSIGN": plain(nn.SoftsignOp),
    "SWISH": swish,
    "TANH": plain(nn.TanhOp),
    "THRESHOLDEDRELU": with_alpha(nn.ThresholdedReluOp),
}

TYPES: Mapping[str, Callable[[SSAValue], nn.UnaryOperator]] = {
    "Abs": nn.AbsOp,
    "Ceil": nn.CeilOp,
    "Cosine": nn.CosOp,
    "Erf": nn.ErfOp,
    "Exp": nn.ExpOp,
    "Floor": nn.FloorOp,
    "Log": nn.LogOp,
    "Negative": nn.NegOp,
    "Reciprocal": nn.ReciprocalOp,
    "Round": nn.RoundOp,
    "Rsqrt": nn.RsqrtOp,
    "Sign": nn.SignOp,
    "Sine": nn.SinOp,
    "Sqrt": nn.SqrtOp,
    "Square": nn.SquareOp,
}
"""Functions of one element that are layers of their own."""


def function(node: IrNode, name: str, value: SSAValue) -> SSAValue:
    """A function by its name."""
    if name not in METHODS:
        raise node.unsupported(f"the function {name}")
    return METHODS[name](node, value)


def activation(node: IrNode) -> SSAValue:
    return function(node, node.method(), node.bottom())


def activated(node: IrNode, value: SSAValue) -> SSAValue:
    """What a layer does to its result, at last."""
    return function(node, node.activation(), value)


def unary(
    operator: Callable[[SSAValue], nn.UnaryOperator],
) -> Callable[[IrNode], SSAValue]:
    return lambda node: node.emit(operator(node.bottom()))


CONVERTERS = {
    "Activation": activation,
    **{name: unary(operator) for name, operator in TYPES.items()},
}
