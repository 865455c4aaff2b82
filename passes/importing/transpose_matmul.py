"""Lay the right side of a product of two tensors out as the array reads its weights.

%1 = nn.matmul %0, %k     ==>     %t = nn.transpose %k by [0, 2, 1]
                                  %1 = nn.matmul %0, %t transposed
"""

from dataclasses import dataclass
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite


class TransposeRightSide(RewritePattern):
    """What is computed, and not transposed already."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.MatMulOp, rewriter: PatternRewriter) -> None:
        constant = any(isinstance(value.owner, nn.WeightOp) for value in op.operands)
        if constant or op.transposed is not None:
            return
        *leading, row, column = range(len(nn.shape(op.rhs)))
        swapped = nn.TransposeOp(op.rhs, (*leading, column, row))
        product = nn.MatMulOp(op.lhs, swapped.ofm, transposed=True)
        rewriter.replace(op, [swapped, product])


@dataclass(frozen=True)
class TransposeMatmulPass(AipuPass):
    name = "transpose-matmul"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, TransposeRightSide())
