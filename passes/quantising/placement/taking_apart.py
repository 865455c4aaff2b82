"""Composites become their parts again: the host computes in reals, without a table."""

from xdsl.ir import Block

from ....dialects import nn
from ...authoring.operators import operators
from ...authoring.places import PLACE, REASON, runs_on_host


def take_apart_on_host(block: Block) -> None:
    """Put the parts of every composite of the host in its place."""
    for op in operators(block):
        if isinstance(op, nn.CompositeOp) and runs_on_host(op):
            take_apart(op)


def take_apart(op: nn.CompositeOp) -> None:
    """Put the parts of a composite in its place, each where it was to run."""
    block, parts = op.parent_block(), op.parts
    assert block is not None
    for inside, given in zip(op.body.block.args, op.operands, strict=True):
        inside.replace_all_uses_with(given)
    for part in parts:
        part.detach()
        block.insert_op_before(part, op)
        for mark in (PLACE, REASON):
            if mark in op.attributes:
                part.attributes[mark] = op.attributes[mark]
    parts[-1].attributes |= op.attributes
    op.ofm.replace_all_uses_with(parts[-1].ofm)
    block.erase_op(op)
