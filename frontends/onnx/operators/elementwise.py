"""Operators on the elements of several tensors alike."""

from collections.abc import Callable
from functools import reduce

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant
from ...elementwise import binary, swapped
from ...vocabulary.channels import channels_first, channels_last
from ..node import Node


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


def prelu(node: Node) -> SSAValue:
    """One slope for all is a leaky relu; one a channel runs where channels are last."""
    ifm, slope = node.tensor(0), node.value(1)
    if isinstance(slope, Constant) and slope.array.size == 1:
        return node.emit(nn.LeakyReluOp(ifm, node.constant_real(1)))
    rank = len(nn.shape(ifm))
    if isinstance(slope, Constant) and slope.array.shape[1:] == (1,) * (rank - 2):
        per_channel = node.weight(slope.name, slope.array.reshape(-1))
        ofm = nn.PReluOp(channels_last(node, ifm), per_channel)
        return channels_first(node, node.emit(ofm))
    return node.emit(nn.PReluOp(ifm, node.tensor(1)))


def where(node: Node) -> SSAValue:
    return node.emit(nn.SelectOp(node.tensor(0), node.tensor(1), node.tensor(2)))


CONVERTERS = {
    "Add": binary(nn.AddOp),
    "Sub": binary(nn.SubOp),
    "Mul": binary(nn.MulOp),
    "Div": binary(nn.DivOp),
    "Pow": binary(nn.PowOp),
    "Equal": binary(nn.EqualOp),
    "Less": binary(nn.LessOp),
    "LessOrEqual": binary(nn.LessOrEqualOp),
    "Greater": swapped(nn.LessOp),
    "GreaterOrEqual": swapped(nn.LessOrEqualOp),
    "Sum": chain(nn.AddOp),
    "Max": chain(nn.MaximumOp),
    "Min": chain(nn.MinimumOp),
    "Mean": mean,
    "PRelu": prelu,
    "Where": where,
}
