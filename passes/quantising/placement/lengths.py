"""Lengths of vectors: a root of a sum of squares had better be computed in reals.

A square reaches over twice the orders of magnitude of what is squared, and the root
brings them back: with eight bits between the two, the magnitude of a spectrum keeps
none of its quiet parts.
"""

from xdsl.ir import Block, Operation, SSAValue

from ....dialects import nn
from ...authoring.operators import computed_operands, operators
from .quotients import powers_of

LENGTH = "a root of a sum of squares needs more than eight bits"

ROOTS = (nn.SqrtOp, nn.RsqrtOp)
ADDING_NOTHING = (nn.Moves, nn.ClampOp)


def lengths(block: Block) -> set[Operation]:
    """The roots of sums of squares, with the sums and the squares."""
    return {
        each
        for op in operators(block)
        if isinstance(op, ROOTS)
        and any(isinstance(part, nn.AddOp) for part in squares(op.ifm))
        for each in (op, *squares(op.ifm))
    }


def squares(value: SSAValue) -> set[Operation]:
    """The operators between tensors and the sum of their squares; none if it is none.

    A constant that is added, so that no length is 0, is no matter.
    """
    maker = value.owner
    if isinstance(maker, (nn.AddOp, *ADDING_NOTHING)):
        parts = [squares(each) for each in computed_operands(maker)]
        return {maker}.union(*parts) if all(parts) else set()
    return powers_of(value)
