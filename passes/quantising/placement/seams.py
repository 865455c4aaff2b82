"""Seams at which nothing is rounded: the host only moves what the machine has made.

    conv2d on the machine  ->  transpose on the host  ->  conv2d on the machine

Integers pass there and back, and are moved as they are: reals would be rounded twice.
What joins tensors does so if all can be made in the integers of the result, or if they
are parts of one tensor.
"""

from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import f32
from xdsl.ir import SSAValue

from ....dialects import nn
from ...authoring.pinned import pinned


def moves_of_integers(
    operators: Sequence[nn.Operator],
    on_machine: Callable[[nn.Operator], bool],
    joins_early: bool = True,
) -> set[nn.Operator]:
    """The operators of the host that move integers of the machine, for it to read.

    Args:
        operators: in their order.
        on_machine: whether the machine runs one of them.
        joins_early: whether what is joined is made in the integers of the result.
    """
    found: set[nn.Operator] = set()
    for op in operators:
        if isinstance(op, nn.MakesNone) and not on_machine(op):
            makers = [value.owner for value in op.operands]
            if all(
                isinstance(maker, nn.Operator) and (on_machine(maker) or maker in found)
                for maker in makers
            ) and _keeps_integers(op, joins_early):
                found.add(op)
    for op in reversed(operators):
        readers = [use.operation for use in op.ofm.uses]
        if op in found and not any(
            isinstance(reader, nn.Operator) and (on_machine(reader) or reader in found)
            for reader in readers
        ):
            found.remove(op)
    return found


def made_in(value: SSAValue) -> bool:
    """Whether a tensor can be made in the integers that its only reader wants."""
    if pinned(value) is not None or not value.has_one_use():
        return False
    maker = value.owner
    if isinstance(maker, nn.ConcatOp):
        return not parts_of_one(maker.inputs)
    return not isinstance(maker, nn.Selects) or made_in(maker.ifm)


def parts_of_one(values: Sequence[SSAValue]) -> bool:
    """Whether tensors hold nothing but elements of one other."""
    return len({_whole(value) for value in values}) == 1


def _keeps_integers(op: nn.MakesNone, joins_early: bool) -> bool:
    """Whether the integers of the operands are those of the result, or can be."""
    if nn.element_type(op.ofm) != f32:
        return False
    types = {pinned(value) for value in op.operands}
    if None not in types:
        return types <= {pinned(op.ofm)}
    if isinstance(op, nn.Selects) or parts_of_one(op.operands):
        return pinned(op.ofm) is None
    return joins_early and all(map(made_in, op.operands))


def _whole(value: SSAValue) -> SSAValue:
    """The tensor of which a value holds nothing but elements."""
    while isinstance(value.owner, nn.Selects):
        value = value.owner.ifm
    return value
