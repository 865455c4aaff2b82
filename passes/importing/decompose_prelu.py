"""Write a prelu as what the machine has: clamps, a scale per channel and a sum.

%1 = nn.prelu %0, %slope   ==>   %p = nn.clamp %0 relu
                                 %n = nn.clamp %0 [-inf, 0.0]
                                 %s = nn.mul %n, %slope
                                 %1 = nn.add %p, %s
"""

from dataclasses import dataclass
from math import inf
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite


class DecomposePRelu(RewritePattern):
    """The positive part, and the negative one times the slope."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.PReluOp, rewriter: PatternRewriter) -> None:
        positive = nn.ClampOp(op.ifm, 0.0, inf)
        negative = nn.ClampOp(op.ifm, -inf, 0.0)
        scaled = nn.MulOp(negative.ofm, op.slope)
        total = nn.AddOp(positive.ofm, scaled.ofm)
        rewriter.replace(op, [positive, negative, scaled, total])


@dataclass(frozen=True)
class DecomposePReluPass(AipuPass):
    name = "decompose-prelu"
    semantics: ClassVar[Semantics] = approximate(1e-6)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, DecomposePRelu())
