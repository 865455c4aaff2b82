"""Layers that treat every element alike."""

from collections.abc import Callable, Mapping
from functools import reduce
from math import inf, log

from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...elementwise import clamp, unary
from ...vocabulary.moving import reshaped
from ..node import CaffeNode

COMBINED: Mapping[str, Callable[[SSAValue, SSAValue], nn.Operator]] = {
    "PROD": nn.MulOp,
    "SUM": nn.AddOp,
    "MAX": nn.MaximumOp,
}


def relu(node: CaffeNode) -> SSAValue:
    slope = node.parameters("relu").real("negative_slope")
    if slope:
        return node.emit(nn.LeakyReluOp(node.bottom(), slope))
    return node.emit(nn.ClampOp(node.bottom(), 0.0, inf))


def clip(node: CaffeNode) -> SSAValue:
    given = node.parameters("clip")
    bounds = (given.real("min"), given.real("max"))
    return node.emit(nn.ClampOp(node.bottom(), min(bounds), bounds[1]))


def elu(node: CaffeNode) -> SSAValue:
    return node.emit(nn.EluOp(node.bottom(), node.parameters("elu").real("alpha")))


def prelu(node: CaffeNode) -> SSAValue:
    """One slope for all is a leaky relu."""
    ifm = node.bottom()
    if node.parameters("prelu").flag("channel_shared"):
        (slope,) = node.stored(Part.SLOPE, (1,))
        return node.emit(nn.LeakyReluOp(ifm, float(slope)))
    shape = nn.shape(ifm)
    slopes = node.stored(Part.SLOPE, (shape[1],)).reshape(-1, *[1] * (len(shape) - 2))
    return node.emit(nn.PReluOp(ifm, node.kept(Part.SLOPE, slopes)))


def eltwise(node: CaffeNode) -> SSAValue:
    """All bottoms, each times its coefficient if it is a sum."""
    given = node.parameters("eltwise")
    terms = list(node.bottoms)
    factors, operation = given.reals("coeff"), given.choice("operation")
    if factors and operation == "SUM":
        if len(factors) != len(terms):
            raise node.wrong(f"{len(factors)} coefficients of {len(terms)} blobs")
        terms = [
            times(node, term, factor, f"coefficient{position}")
            for position, (term, factor) in enumerate(zip(terms, factors, strict=True))
        ]
    operator = COMBINED[operation]
    if not terms:
        raise node.wrong("it reads no blob")
    return reduce(lambda lhs, rhs: node.emit(operator(lhs, rhs)), terms)


def times(node: CaffeNode, value: SSAValue, factor: float, name: str) -> SSAValue:
    """`value * factor`."""
    if factor == 1:
        return value
    return node.emit(nn.MulOp(value, node.scalar(name, factor)))


def plus(node: CaffeNode, value: SSAValue, number: float, name: str) -> SSAValue:
    """`value + number`."""
    if number == 0:
        return value
    return node.emit(nn.AddOp(value, node.scalar(name, number)))


def power(node: CaffeNode) -> SSAValue:
    """`(shift + scale * x) ** power`."""
    given = node.parameters("power")
    value = times(node, node.bottom(), given.real("scale"), "scale")
    value = plus(node, value, given.real("shift"), "shift")
    if given.real("power") == 1:
        return value
    exponent = node.scalar("power", given.real("power"))
    return node.emit(nn.PowOp(value, exponent))


def exponential(node: CaffeNode) -> SSAValue:
    """`base ** (shift + scale * x)`; a base of -1 is e."""
    given = node.parameters("exp")
    factor = _logarithm(node, given.real("base"))
    value = times(node, node.bottom(), given.real("scale") * factor, "scale")
    value = plus(node, value, given.real("shift") * factor, "shift")
    return node.emit(nn.ExpOp(value))


def logarithm(node: CaffeNode) -> SSAValue:
    """`log(shift + scale * x)` to a base; -1 is e."""
    given = node.parameters("log")
    value = times(node, node.bottom(), given.real("scale"), "scale")
    value = plus(node, value, given.real("shift"), "shift")
    value = node.emit(nn.LogOp(value))
    return times(node, value, 1 / _logarithm(node, given.real("base")), "base")


def _logarithm(node: CaffeNode, base: float) -> float:
    if base == -1:
        return 1.0
    if base <= 0 or base == 1:
        raise node.wrong(f"a base of {base}")
    return log(base)


def axpy(node: CaffeNode) -> SSAValue:
    """`a * x + y`, as squeeze-and-excitation networks scale a branch and add it."""
    factor, ifm, added = (node.bottom(position) for position in range(3))
    shape = nn.shape(factor)
    wide = (*shape, *[1] * (len(nn.shape(ifm)) - len(shape)))
    factor = reshaped(node, factor, wide)
    return node.emit(nn.AddOp(node.emit(nn.MulOp(ifm, factor)), added))


CONVERTERS = {
    "AbsVal": unary(nn.AbsOp),
    "Axpy": axpy,
    "BNLL": unary(nn.SoftplusOp),
    "Clip": clip,
    "ELU": elu,
    "Eltwise": eltwise,
    "Exp": exponential,
    "HardSwish": unary(nn.HardSwishOp),
    "Log": logarithm,
    "Mish": unary(nn.MishOp),
    "PReLU": prelu,
    "Power": power,
    "ReLU": relu,
    "ReLU6": clamp(0.0, 6.0),
    "Sigmoid": unary(nn.SigmoidOp),
    "Swish": unary(nn.SiluOp),
    "TanH": unary(nn.TanhOp),
}
