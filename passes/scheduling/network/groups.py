"""The groups of a function, and the operators in them."""

from xdsl.dialects.func import FuncOp

from ....dialects import nn, tile


def groups_of(function: FuncOp) -> list[tile.GroupOp]:
    """The groups of a function, in order."""
    return [op for op in function.body.block.ops if isinstance(op, tile.GroupOp)]


def operators_of(op: tile.GroupOp) -> list[nn.Operator]:
    """The operators of a group, in order; those that are no names."""
    return [
        each
        for each in op.body.block.ops
        if isinstance(each, nn.Operator) and not isinstance(each, nn.ReshapeOp)
    ]
