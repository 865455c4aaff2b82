"""Operators that pick elements, or repeat them."""

from xdsl.ir import SSAValue

from ...constant import Constant
from ...vocabulary import moving
from ...vocabulary.picking import picked
from ..node import Node

MOST_RUNS = 256
"""Of a gather; one of more costs less on the host, by onnx itself."""


def gather(node: Node) -> SSAValue:
    """By constant indices."""
    ifm, indices = node.value(0), node.constant(1).array
    if isinstance(ifm, Constant):
        raise node.unsupported("indices that are computed")
    axis = node.axis_of(0, node.integer("axis", 0))
    return moving.gathered(node, node.tensor(0), axis, indices, MOST_RUNS)


def gather_elements(node: Node) -> SSAValue:
    """By a constant index for each element of the result."""
    indices = node.constant(1).array
    axis = node.axis_of(0, node.integer("axis", 0))
    return node.operand(picked(node, node.tensor(0), axis, indices))


def expand(node: Node) -> SSAValue:
    return moving.broadcast(node, node.tensor(0), node.constant_integers(1))


def tile(node: Node) -> SSAValue:
    """Every extent is repeated as a whole."""
    whole = moving.tiled(node, node.tensor(0), node.constant_integers(1))
    return node.operand(whole)


CONVERTERS = {
    "Gather": gather,
    "GatherElements": gather_elements,
    "Expand": expand,
    "Tile": tile,
}
