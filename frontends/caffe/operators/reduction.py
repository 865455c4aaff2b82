"""Layers that reduce whole axes."""

from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import CaffeNode
from .elementwise import times

PREPARED = {"ASUM": nn.AbsOp, "SUMSQ": nn.SquareOp}


def reduction(node: CaffeNode) -> SSAValue:
    """All axes from one on."""
    given = node.parameters("reduction")
    value = node.bottom()
    rank = len(nn.shape(value))
    operation = given.choice("operation")
    if operation in PREPARED:
        value = node.emit(PREPARED[operation](value))
    reduced = nn.ReduceMeanOp if operation == "MEAN" else nn.ReduceSumOp
    axes = range(node.axis(given.integer("axis"), rank), rank)
    value = node.emit(reduced(value, axes, keep=False))
    return times(node, value, given.real("coeff"), "coefficient")


def arg_max(node: CaffeNode) -> SSAValue:
    """Where the greatest element is: along an axis, or among all of an image."""
    given = node.parameters("argmax")
    if given.flag("out_max_val") or given.integer("top_k") != 1:
        raise node.unsupported("more than the place of the greatest element")
    value = node.bottom()
    shape = nn.shape(value)
    if given.has("axis"):
        axis = node.axis(given.integer("axis"), len(shape))
        return node.emit(nn.ArgMaxOp(value, axis, keep=True))
    flat = node.emit(nn.ReshapeOp(value, (shape[0], 1, prod(shape[1:]))))
    return node.emit(nn.ArgMaxOp(flat, 2, keep=True))


CONVERTERS = {"ArgMax": arg_max, "Reduction": reduction}
