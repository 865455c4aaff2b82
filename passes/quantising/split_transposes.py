"""Split transposes that move more dimensions than the machine permutes at once.

                                    %1 = nn.reshape %0             [H, W, C, 2, 2]
%2 = nn.transpose %0           ==>  %2 = nn.transpose %1 by [0, 3, 1, 2, 4]
       by [0, 1, 4, 2, 5, 3]        %3 = nn.transpose %2 by [0, 1, 2, 4, 3]
                                    %4 = nn.reshape %3             [1, H, 2, W, 2, C]

Each of them exchanges two blocks of neighbours. DepthToSpace of the mode CRD is one
that needs two.
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass
from ..authoring.rewriting import rewrite
from ..machine_forms.permutations import MOST_MOVED, exchanges, joined_blocks, moved


class SplitTranspose(RewritePattern):
    """A transpose becomes several, on as few dimensions as say it."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.TransposeOp, rewriter: PatternRewriter) -> None:
        extents, order = joined_blocks(nn.shape(op.ifm), op.permutation.get_values())
        if moved(order) <= MOST_MOVED:
            return
        made: list[nn.Operator] = [nn.ReshapeOp(op.ifm, extents)]
        for step in exchanges(order):
            made.append(nn.TransposeOp(made[-1].ofm, step))
        made.append(nn.ReshapeOp(made[-1].ofm, nn.shape(op.ofm)))
        rewriter.replace(op, made)


@dataclass(frozen=True)
class SplitTransposesPass(AipuPass):
    """Transposes move as many dimensions as the machine permutes at once."""

    name = "split-transposes"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, SplitTranspose())
