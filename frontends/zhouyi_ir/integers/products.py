"""Layers that compute on integers where the text says all that they need.

Else, as with a scale for each row or another tool's table of powers, in reals.
"""

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.quant import quantisation
from ..elements import element_of
from ..node import IrNode
from ..operators.convolution import matmul as real_matmul
from ..operators.convolution import swapped
from ..operators.normalisation import softmax as real_softmax
from .in_reals import in_reals
from .site import keep, rescale

ENTRIES = 256


def matmul(node: IrNode) -> SSAValue:
    """The sum of products, multiplied and shifted."""
    lhs, rhs = node.lhs_rhs()
    element = element_of(node.block)
    whole = all(quantisation(value) is not None for value in (lhs, rhs))
    plain = node.activation() == "NONE" and "fused_multiplier" not in node.block
    if element is None or not whole or not plain or "scale_value" not in node.block:
        return in_reals(real_matmul)(node)
    if node.block.flag("trans_a", False):
        lhs = swapped(node, lhs)
    ofm = nn.MatMulOp(
        lhs,
        rhs,
        transposed=node.block.flag("trans_b", False),
        rescale=rescale(node),
        element=element,
    )
    return node.emit(ofm)


def softmax(node: IrNode) -> SSAValue:
    """With the table that this compiler writes beside the Optimizer's."""
    element, ifm = element_of(node.block), node.bottom()
    if element is None or quantisation(ifm) is None or not node.holds("powers"):
        return in_reals(real_softmax)(node)
    powers = node.array("powers").reshape(-1)
    if powers.dtype.name != "int16" or powers.size != ENTRIES or powers.min() < 0:
        raise node.block.wrong("powers_type", f"expected {ENTRIES} int16 from 0")
    axis = node.axis(node.block.integer("axis", -1), len(nn.shape(ifm)))
    table = keep(node, "powers", powers)
    return node.emit(nn.SoftmaxOp(ifm, axis, table=table, element=element))


CONVERTERS = {"MatMul": matmul, "Softmax": softmax}
