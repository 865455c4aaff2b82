"""Layers of two tensors: each is brought to one scale, and the result to its own."""

from collections.abc import Callable, Mapping

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import Rescale, RescaleAttr
from ....dialects.quant import quantisation
from ..elements import element_of
from ..node import IrNode
from ..operators.elementwise import eltwise
from .in_reals import in_reals
from .site import bottom_element, bounds, in_range, rescale, top_element


def scaled_sum(
    operator: type[nn.AddOp] | type[nn.SubOp],
) -> Callable[[IrNode], SSAValue]:
    """`(lhs * multiplier[1] + rhs * multiplier[2]) * multiplier[0] >> shift`."""

    def convert(node: IrNode) -> SSAValue:
        lhs, rhs = quantised_pair(node)
        factors = node.block.integers("scale_value")
        if len(factors) != 3:
            raise node.block.wrong("scale_value", "expected three multipliers")
        outer, *sides = factors
        (outer,), shift = in_range(node, [outer], node.block.integer("shift_value"))
        sides, _ = in_range(node, sides, 0)
        ofm = operator(
            lhs,
            rhs,
            rescale=RescaleAttr(Rescale((outer, *sides), shift)),
            activation=bounds(node, node.activation()),
            element=top_element(node),
        )
        return node.emit(ofm)

    return convert


def product(node: IrNode) -> SSAValue:
    lhs, rhs = quantised_pair(node)
    ofm = nn.MulOp(
        lhs,
        rhs,
        rescale=rescale(node),
        activation=bounds(node, node.activation()),
        element=top_element(node),
    )
    return node.emit(ofm)


def chosen(
    operator: type[nn.MaximumOp] | type[nn.MinimumOp],
) -> Callable[[IrNode], SSAValue]:
    """Of integers as they are, where all three tensors have one type."""
    on_reals = in_reals(eltwise)

    def convert(node: IrNode) -> SSAValue:
        lhs, rhs = node.lhs_rhs()
        element = element_of(node.block)
        alike = {quantisation(lhs), quantisation(rhs)} == {element}
        if element is None or not alike or node.block.integer("shift_value", 0):
            return on_reals(node)
        activation = bounds(node, node.activation())
        return node.emit(operator(lhs, rhs, activation=activation, element=element))

    return convert


METHODS: Mapping[str, Callable[[IrNode], SSAValue]] = {
    "ADD": scaled_sum(nn.AddOp),
    "SUB": scaled_sum(nn.SubOp),
    "MUL": product,
    "MAX": chosen(nn.MaximumOp),
    "MIN": chosen(nn.MinimumOp),
}


def convert(node: IrNode) -> SSAValue:
    if node.method() not in METHODS:
        raise node.unsupported(f"the method {node.method()}")
    return METHODS[node.method()](node)


def quantised_pair(node: IrNode) -> tuple[SSAValue, SSAValue]:
    """Both bottoms, which must hold integers."""
    pair = node.lhs_rhs()
    for position in (0, 1):
        bottom_element(node, position)
    return pair


CONVERTERS = {"Eltwise": convert}
