"""What needs no work: other names of tensors, and of parts of them.

A reshape moves no byte, and no more does a slice of whole rows: its elements lie in a
row in what it is taken of. Such operators stand in a function beside its groups.
"""

from collections.abc import Iterator
from math import prod

from xdsl.ir import Operation, SSAValue, Use

from ....dialects import nn
from ....dialects.nn import shape


def source_of(value: SSAValue) -> SSAValue:
    """What a value is another name of."""
    while isinstance(value.owner, nn.ReshapeOp):
        value = value.owner.ifm
    return value


def origin_of(value: SSAValue) -> SSAValue:
    """What a value is another name of, or of a part of it."""
    while isinstance(value.owner, nn.ReshapeOp | nn.SliceOp) and is_name(value.owner):
        value = value.owner.ifm
    return value


def uses_of(value: SSAValue) -> Iterator[Use]:
    """The uses of a value, under all its names."""
    for use in value.uses:
        if isinstance(use.operation, nn.ReshapeOp):
            yield from uses_of(use.operation.ofm)
        else:
            yield use


def is_name(op: Operation) -> bool:
    """Whether an operator of a function of the machine moves no byte.

    A slice of channels is none: they are taken on chip, with what reads them. Nor is
    one that leaves the function.
    """
    match op:
        case nn.ReshapeOp():
            return True
        case nn.SliceOp():
            leaves = any(use.operation.next_op is None for use in uses_of(op.ofm))
            return takes_rows(op) and not leaves
        case _:
            return False


def takes_rows(op: nn.SliceOp) -> bool:
    """Whether a slice takes elements in a row, and all channels of these."""
    whole, part = shape(op.ifm), shape(op.ofm)
    cut = [axis for axis in range(len(whole)) if part[axis] != whole[axis]]
    in_order = all(stride == 1 for stride in op.strides.get_values())
    rows = bool(cut) and cut[-1] < len(whole) - 1
    return in_order and rows and prod(part[: cut[-1]]) == 1


def first_element(op: nn.SliceOp) -> int:
    """The number of the first element that a slice takes."""
    extents = shape(op.ifm)
    return sum(
        start * prod(extents[axis + 1 :])
        for axis, start in enumerate(op.starts.get_values())
    )
