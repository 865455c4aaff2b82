"""Layers of two tensors that treat every element alike."""

from collections.abc import Callable, Mapping

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import IrNode
from .activation import activated

Binary = Callable[[SSAValue, SSAValue], nn.BinaryOperator]

METHODS: Mapping[str, Binary] = {
    "ADD": nn.AddOp,
    "SUB": nn.SubOp,
    "MUL": nn.MulOp,
    "MAX": nn.MaximumOp,
    "MIN": nn.MinimumOp,
}


def eltwise(node: IrNode) -> SSAValue:
    if node.method() not in METHODS:
        raise node.unsupported(f"the method {node.method()}")
    lhs, rhs = node.lhs_rhs()
    return activated(node, node.emit(METHODS[node.method()](lhs, rhs)))


def binary(operator: Binary) -> Callable[[IrNode], SSAValue]:
    def convert(node: IrNode) -> SSAValue:
        lhs, rhs = node.lhs_rhs()
        return activated(node, node.emit(operator(lhs, rhs)))

    return convert


def squared_difference(node: IrNode) -> SSAValue:
    lhs, rhs = node.lhs_rhs()
    return node.emit(nn.SquareOp(node.emit(nn.SubOp(lhs, rhs))))


CONVERTERS = {
    "Eltwise": eltwise,
    "Add": binary(nn.AddOp),
    "Sub": binary(nn.SubOp),
    "Mul": binary(nn.MulOp),
    "Div": binary(nn.DivOp),
    "Pow": binary(nn.PowOp),
    "SquaredDifference": squared_difference,
}
