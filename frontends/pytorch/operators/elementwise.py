"""Operators on two tensors or more that treat every element alike."""

from collections.abc import Callable
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant
from ..node import Node

Binary = Callable[[SSAValue, SSAValue], nn.BinaryOperator]

HIDDEN = -1e4
"""What a mask puts in the place of -inf: a softmax makes 0 of both."""

HIDING = -1e30
"""All that lies below is meant as -inf."""


def binary(operator: Binary) -> Callable[[Node], SSAValue]:
    return lambda node: node.emit(operator(node.tensor("self"), node.tensor("other")))


def with_alpha(operator: Binary) -> Callable[[Node], SSAValue]:
    """`self + alpha * other`, or a difference."""

    def convert(node: Node) -> SSAValue:
        other = node.scaled(node.tensor("other"), "alpha", node.real("alpha", 1.0))
        return node.emit(operator(node.tensor("self"), other))

    return convert


def reversed_difference(node: Node) -> SSAValue:
    """`other - alpha * self`."""
    taken = node.scaled(node.tensor("self"), "alpha", node.real("alpha", 1.0))
    return node.emit(nn.SubOp(node.tensor("other"), taken))


def divide(node: Node) -> SSAValue:
    """Rounded down, towards zero or not at all."""
    ratio = node.emit(nn.DivOp(node.tensor("self"), node.tensor("other")))
    mode = node.text("rounding_mode", "")
    if mode not in ("", "floor", "trunc"):
        raise node.wrong(f"a rounding_mode of '{mode}'")
    if mode == "floor":
        return node.emit(nn.FloorOp(ratio))
    return truncated(node, ratio) if mode else ratio


def truncated(node: Node, value: SSAValue) -> SSAValue:
    """Towards zero: `sign * floor(|value|)`."""
    size = node.emit(nn.FloorOp(node.emit(nn.AbsOp(value))))
    return node.emit(nn.MulOp(size, node.emit(nn.SignOp(value))))


def floor_divide(node: Node) -> SSAValue:
    return node.emit(nn.FloorOp(binary(nn.DivOp)(node)))


def remainder(node: Node) -> SSAValue:
    """`self - floor(self / other) * other`."""
    whole = node.emit(nn.MulOp(floor_divide(node), node.tensor("other")))
    return node.emit(nn.SubOp(node.tensor("self"), whole))


def fmod(node: Node) -> SSAValue:
    """`self - trunc(self / other) * other`."""
    whole = truncated(node, binary(nn.DivOp)(node))
    taken = node.emit(nn.MulOp(whole, node.tensor("other")))
    return node.emit(nn.SubOp(node.tensor("self"), taken))


def power(node: Node) -> SSAValue:
    """A square is its own operator."""
    exponent = node.value("exponent")
    if isinstance(exponent, Constant) and exponent.array.size == 1:
        if exponent.array.item() == 2:
            return node.emit(nn.SquareOp(node.tensor("self")))
        if exponent.array.item() == 0.5:
            return node.emit(nn.SqrtOp(node.tensor("self")))
    return node.emit(nn.PowOp(node.tensor("self"), node.operand(exponent)))


def swapped(operator: Binary) -> Callable[[Node], SSAValue]:
    """With its operands the other way round: a greater of a less."""
    return lambda node: node.emit(operator(node.tensor("other"), node.tensor("self")))


def unlike(node: Node) -> SSAValue:
    return inverted(node, binary(nn.EqualOp)(node))


def inverted(node: Node, truth: SSAValue) -> SSAValue:
    """0 where it was 1, and 1 where it was 0."""
    one = node.weight(f"{node.name}/one", np.array(1))
    return node.emit(nn.SubOp(one, truth))


def logical_not(node: Node) -> SSAValue:
    """1 where it is 0."""
    zero = node.weight(f"{node.name}/zero", np.array(0))
    return node.emit(nn.EqualOp(node.tensor("self"), zero))


def where(node: Node) -> SSAValue:
    operands = (node.tensor(name) for name in ("condition", "self", "other"))
    return node.emit(nn.SelectOp(*operands))


def masked_fill(node: Node) -> SSAValue:
    """`value` where the mask is set."""
    filling = node.weight(f"{node.name}/value", hidden(node.constant("value").array))
    return node.emit(nn.SelectOp(node.tensor("mask"), filling, node.tensor("self")))


def hidden(values: np.ndarray) -> np.ndarray:
    """Values for a mask, with a number in the place of -inf."""
    return np.where(values < HIDING, np.float32(HIDDEN), values)


def product_added(operator: Binary) -> Callable[[Node], SSAValue]:
    """`self + value * tensor1 (operator) tensor2`."""

    def convert(node: Node) -> SSAValue:
        combined = node.emit(operator(node.tensor("tensor1"), node.tensor("tensor2")))
        scaled = node.scaled(combined, "value", node.real("value", 1.0))
        return node.emit(nn.AddOp(node.tensor("self"), scaled))

    return convert


def interpolate(node: Node) -> SSAValue:
    """`self + weight * (end - self)`."""
    start = node.tensor("self")
    way = node.emit(nn.SubOp(node.tensor("end"), start))
    part = node.emit(nn.MulOp(way, node.tensor("weight")))
    return node.emit(nn.AddOp(start, part))


def clamp(node: Node) -> SSAValue:
    """Between numbers or tensors, of which one may be missing."""
    value = node.tensor("self")
    low, high = (
        node.value(name) if node.has(name) else None for name in ("min", "max")
    )
    bounds = [bound for bound in (low, high) if bound is not None]
    if all(isinstance(bound, Constant) and not bound.array.shape for bound in bounds):
        least = low.array.item() if isinstance(low, Constant) else -inf
        most = high.array.item() if isinstance(high, Constant) else inf
        # Bounds that cross leave nothing but the upper one.
        return node.emit(nn.ClampOp(value, min(least, most), most))
    if low is not None:
        value = node.emit(nn.MaximumOp(value, node.operand(low)))
    if high is not None:
        value = node.emit(nn.MinimumOp(value, node.operand(high)))
    return value


CONVERTERS = {
    "add": with_alpha(nn.AddOp),
    "sub": with_alpha(nn.SubOp),
    "subtract": with_alpha(nn.SubOp),
    "rsub": reversed_difference,
    "mul": binary(nn.MulOp),
    "multiply": binary(nn.MulOp),
    "div": divide,
    "divide": divide,
    "true_divide": divide,
    "floor_divide": floor_divide,
    "remainder": remainder,
    "fmod": fmod,
    "pow": power,
    "maximum": binary(nn.MaximumOp),
    "minimum": binary(nn.MinimumOp),
    "eq": binary(nn.EqualOp),
    "ne": unlike,
    "lt": binary(nn.LessOp),
    "le": binary(nn.LessOrEqualOp),
    "gt": swapped(nn.LessOp),
    "ge": swapped(nn.LessOrEqualOp),
    "logical_and": binary(nn.MulOp),
    "logical_or": binary(nn.MaximumOp),
    "logical_not": logical_not,
    "bitwise_not": logical_not,
    "where": where,
    "masked_fill": masked_fill,
    "addcmul": product_added(nn.MulOp),
    "addcdiv": product_added(nn.DivOp),
    "lerp": interpolate,
    "clamp": clamp,
    "clamp_min": clamp,
    "clamp_max": clamp,
    "clip": clamp,
}
