"""The groups of a function, the operators in them, and who reads what.

A reshape moves no byte: it is another name of what it reshapes.
"""

from collections.abc import Iterator

from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue, Use

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


def source_of(value: SSAValue) -> SSAValue:
    """What a value is another name of."""
    while isinstance(value.owner, nn.ReshapeOp):
        value = value.owner.ifm
    return value


def uses_of(value: SSAValue) -> Iterator[Use]:
    """The uses of a value, under all its names."""
    for use in value.uses:
        if isinstance(use.operation, nn.ReshapeOp):
            yield from uses_of(use.operation.ofm)
        else:
            yield use
