"""Three patterns, of which one is wrong, and one is wrong on one operator alone."""

from dataclasses import dataclass
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, UnitAttr
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from aipu.dialects import nn
from aipu.dialects.locations import source_name
from aipu.passes.authoring.promises import EXACT, AipuPass, Semantics
from aipu.passes.authoring.rewriting import rewrite


class SwapSum(RewritePattern):
    """a + b is b + a; but it loses b where the node is called `wrong`."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.AddOp, rewriter: PatternRewriter) -> None:
        if "swapped" in op.attributes:
            return
        first, second = op.operands
        new = nn.AddOp(second, second if source_name(op) == "wrong" else first)
        new.attributes["swapped"] = UnitAttr()
        rewriter.replace(op, new)


@dataclass(frozen=True)
class ShrinkClamp(RewritePattern):
    """It halves what a clamp lets pass, to `least` and no further."""

    least: float

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ClampOp, rewriter: PatternRewriter) -> None:
        low, high = op.bounds.data
        if high / 2 >= self.least:
            rewriter.replace(op, nn.ClampOp(op.ifm, low, high / 2))


@dataclass(frozen=True)
class SwapSumsPass(AipuPass):
    """Swap the sides of sums, and shrink clamps."""

    name = "swap-sums"
    semantics: ClassVar[Semantics] = EXACT

    least: float = 1e30

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, SwapSum(), ShrinkClamp(self.least))
