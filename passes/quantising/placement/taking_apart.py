"""What the host runs of composites becomes its parts again: reals need no table."""

from xdsl.ir import Block, Operation, SSAValue

from ....dialects import nn
from ...authoring.operators import operators
from ...authoring.places import PLACE, REASON, runs_on_host


def take_apart(block: Block) -> None:
    """Put the parts of every composite of the host in its place."""
    for op in operators(block):
        if isinstance(op, nn.CompositeOp) and runs_on_host(op):
            _take_apart(op, block)


def _take_apart(op: nn.CompositeOp, block: Block) -> None:
    outside: dict[SSAValue, SSAValue] = dict(
        zip(op.body.block.args, op.operands, strict=True)
    )
    copy: Operation = op
    for part in op.parts:
        copy = part.clone(value_mapper=outside)
        for mark in (PLACE, REASON):
            copy.attributes[mark] = op.attributes[mark]
        block.insert_op_before(copy, op)
    copy.attributes |= op.attributes
    op.ofm.replace_all_uses_with(copy.results[0])
    block.erase_op(op)
