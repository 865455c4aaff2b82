"""Take the parts of an input from the vector of all of it.

%1 = nn.reshape %x                                 %1 = nn.reshape %x
       : [1, 25, 10] -> [25, 1, 10]                       : [1, 25, 10] -> [1, 250]
%2 = nn.slice %1 from [3, 0, 0] sizes [1, 1, 10] ==>
%3 = nn.reshape %2 : [1, 1, 10] -> [1, 10]         %3 = nn.slice %1 from [0, 30]
                                                          sizes [1, 10]

Each step of a recurrent network reads a part of its input. What stands before a reshape
of an input is the host's, as the layout that the input comes in: parts would be
quantised one by one and pass to the machine one by one, for more time than it takes to
compute with them. Of a vector the machine takes parts itself, each where it is read.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation, OpResult, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)
from xdsl.rewriter import InsertPoint

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite
from .hoist_slices import part_taken


class SliceInput(RewritePattern):
    """Neighbours of an input that become a row are taken from one."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ReshapeOp, rewriter: PatternRewriter) -> None:
        cut = op.ifm.owner
        if not isinstance(cut, nn.SliceOp):
            return
        part, shape, given = part_taken(cut), nn.shape(cut.ifm), input_behind(cut.ifm)
        if part is None or given is None:
            return
        rows, inner = prod(shape[: part.axis]), prod(shape[part.axis + 1 :])
        size = part.size * inner
        if nn.shape(op.ofm) != (rows, size):
            return
        whole = nn.ReshapeOp(given, (rows, shape[part.axis] * inner))
        taken = nn.SliceOp(whole.ofm, (0, part.start * inner), (rows, size), (1, 1))
        rewriter.insert(whole)
        rewriter.insert(taken, InsertPoint.before(first_reader(op.results[0])))
        rewriter.replace(op, [], [taken.ofm])


def first_reader(value: OpResult) -> Operation:
    """Who reads a value first."""
    readers = {use.operation for use in value.uses}
    op = value.op
    while op not in readers:
        assert op.next_op is not None  # a block ends with what is read of it
        op = op.next_op
    return op


def input_behind(value: SSAValue) -> SSAValue | None:
    """The input of the network that a value is, but perhaps for its shape."""
    while isinstance(value.owner, nn.ReshapeOp):
        value = value.owner.ifm
    return value if isinstance(value.owner, Block) else None


@dataclass(frozen=True)
class SliceInputsPass(AipuPass):
    name = "slice-inputs"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, SliceInput())
