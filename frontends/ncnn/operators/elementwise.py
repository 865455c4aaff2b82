"""Layers that treat every element alike."""

from collections.abc import Callable, Mapping
from functools import reduce
from math import inf

from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...elementwise import unary
from ...vocabulary.moving import reshaped
from ..node import NcnnNode
from .activation import hard_swish as usual_hard_swish

Binary = Callable[[SSAValue, SSAValue], nn.Operator]
Unary = Callable[[SSAValue], nn.Operator]

BINARY: Mapping[int, Binary] = {
    0: nn.AddOp,
    1: nn.SubOp,
    2: nn.MulOp,
    3: nn.DivOp,
    4: nn.MaximumOp,
    5: nn.MinimumOp,
    6: nn.PowOp,
    7: lambda lhs, rhs: nn.SubOp(rhs, lhs),
    8: lambda lhs, rhs: nn.DivOp(rhs, lhs),
    9: lambda lhs, rhs: nn.PowOp(rhs, lhs),
}

UNARY: Mapping[int, Unary] = {
    0: nn.AbsOp,
    1: nn.NegOp,
    2: nn.FloorOp,
    3: nn.CeilOp,
    4: nn.SquareOp,
    5: nn.SqrtOp,
    6: nn.RsqrtOp,
    7: nn.ExpOp,
    8: nn.LogOp,
    9: nn.SinOp,
    10: nn.CosOp,
    15: nn.ReciprocalOp,
    16: nn.TanhOp,
    18: nn.RoundOp,
}

PRODUCT, SUM, MAXIMUM = range(3)


def binary(node: NcnnNode) -> SSAValue:
    """Two blobs, or one and the number that parameter 2 says."""
    operator = node.choice(0, BINARY)
    number = node.real(2)
    if node.flag(1):
        return node.emit(operator(node.bottom(), node.scalar("number", number)))
    lhs, rhs = node.bottom(0), node.bottom(1)
    return node.emit(operator(widened(node, lhs, rhs), widened(node, rhs, lhs)))


def widened(node: NcnnNode, value: SSAValue, other: SSAValue) -> SSAValue:
    """A blob with as many dimensions as another that it is to be combined with.

    A row is of channels if it has as many elements as there are; else it lies along the
    last axis. Other blobs get their missing axes at the end.
    """
    shape, wanted = nn.shape(value), nn.shape(other)
    missing = len(wanted) - len(shape)
    if missing <= 0:
        return value
    along_last = len(shape) == 2 and shape[1] != wanted[1]
    ones = (1,) * missing
    extents = (shape[0], *ones, shape[1]) if along_last else (*shape, *ones)
    return reshaped(node, value, extents)


def eltwise(node: NcnnNode) -> SSAValue:
    """All bottoms, each times its coefficient if it is a sum."""
    operator = node.choice(0, {PRODUCT: nn.MulOp, SUM: nn.AddOp, MAXIMUM: nn.MaximumOp})
    terms = list(node.bottoms)
    factors = node.reals(1) or [1.0] * len(terms)
    if operator is nn.AddOp:
        if len(factors) != len(terms):
            raise node.wrong(f"{len(factors)} coefficients of {len(terms)} blobs")
        terms = [
            _times(node, term, factor, position)
            for position, (term, factor) in enumerate(zip(terms, factors, strict=True))
        ]
    return reduce(lambda lhs, rhs: node.emit(operator(lhs, rhs)), terms)


def _times(node: NcnnNode, value: SSAValue, factor: float, position: int) -> SSAValue:
    if factor == 1:
        return value
    factor_value = node.scalar(f"coefficient{position}", factor)
    return node.emit(nn.MulOp(value, factor_value))


def numbered(node: NcnnNode) -> SSAValue:
    return node.emit(node.choice(0, UNARY)(node.bottom()))


def relu(node: NcnnNode) -> SSAValue:
    slope = node.real(0)
    if slope:
        return node.emit(nn.LeakyReluOp(node.bottom(), slope))
    return node.emit(nn.ClampOp(node.bottom(), 0.0, inf))


def clip(node: NcnnNode) -> SSAValue:
    low, high = node.real(0, -inf), node.real(1, inf)
    return node.emit(nn.ClampOp(node.bottom(), min(low, high), high))


def elu(node: NcnnNode) -> SSAValue:
    return node.emit(nn.EluOp(node.bottom(), node.real(0, 0.1)))


def prelu(node: NcnnNode) -> SSAValue:
    """One slope for all is a leaky relu."""
    count = node.integer(0)
    if count != 1:
        node.check_channels(count)
    slope = node.stored(Part.SLOPE, (count,))
    if count == 1:
        return node.emit(nn.LeakyReluOp(node.bottom(), float(slope[0])))
    extents = (count, *[1] * (node.rank() - 1))
    operand = node.kept(Part.SLOPE, slope.reshape(extents))
    return node.emit(nn.PReluOp(node.bottom(), operand))


def hard_sigmoid(node: NcnnNode) -> SSAValue:
    alpha, beta = node.real(0, 0.2), node.real(1, 0.5)
    return node.emit(nn.HardSigmoidOp(node.bottom(), alpha, beta))


def hard_swish(node: NcnnNode) -> SSAValue:
    numbers = (node.real(0, 0.2), node.real(1, 0.5))
    return usual_hard_swish(node, node.bottom(), numbers)


def gelu(node: NcnnNode) -> SSAValue:
    operator = nn.GeluTanhOp if node.flag(0) else nn.GeluOp
    return node.emit(operator(node.bottom()))


def power(node: NcnnNode) -> SSAValue:
    """`(shift + scale * x) ** power`."""
    exponent, factor, offset = node.real(0, 1.0), node.real(1, 1.0), node.real(2)
    value = node.bottom()
    if factor != 1:
        value = node.emit(nn.MulOp(value, node.scalar("scale", factor)))
    if offset != 0:
        value = node.emit(nn.AddOp(value, node.scalar("shift", offset)))
    if exponent != 1:
        value = node.emit(nn.PowOp(value, node.scalar("power", exponent)))
    return value


CONVERTERS = {
    "AbsVal": unary(nn.AbsOp),
    "BNLL": unary(nn.SoftplusOp),
    "Mish": unary(nn.MishOp),
    "Sigmoid": unary(nn.SigmoidOp),
    "Softplus": unary(nn.SoftplusOp),
    "Swish": unary(nn.SiluOp),
    "TanH": unary(nn.TanhOp),
    "BinaryOp": binary,
    "Clip": clip,
    "ELU": elu,
    "Eltwise": eltwise,
    "GELU": gelu,
    "HardSigmoid": hard_sigmoid,
    "HardSwish": hard_swish,
    "PReLU": prelu,
    "Power": power,
    "ReLU": relu,
    "UnaryOp": numbered,
}
