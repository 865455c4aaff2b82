"""Compute what depends on weights alone: an operator of weights becomes a weight.

%w = nn.weight "w" : tensor<3x4xf32>
%1 = nn.transpose %w by [1, 0] : ...   ==>   %1 = nn.weight "w/transpose" : ...
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
from ...dialects.semantics.evaluate import evaluate_operator
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite


@dataclass(frozen=True)
class FoldConstant(RewritePattern):
    """An operator of nothing but weights becomes the weight that it computes."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Operator, rewriter: PatternRewriter) -> None:
        keys = [
            operand.owner.key.data
            for operand in op.operands
            if isinstance(operand.owner, nn.WeightOp)
        ]
        if len(keys) < len(op.operands):
            return
        result = evaluate_operator(op, [self.weights[key] for key in keys])
        name = op.name.removeprefix("nn.")
        key = self.weights.add(f"{keys[0]}/{name}", result)
        rewriter.replace(op, nn.WeightOp(key, nn.tensor_type(op.ofm)))


@dataclass(frozen=True)
class FoldConstantsPass(AipuPass):
    name = "fold-constants"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, FoldConstant(weights_of(ctx)))
