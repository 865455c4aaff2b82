"""Let no relu pass more than a limit: what is small keeps finer steps in int8.

%1 = nn.clamp %0 relu        ==>        %1 = nn.clamp %0 relu6

    aipu-opt tiny.onnx --load cap_relu.py -p 'cap-relu{limit=6},import'
"""

from dataclasses import dataclass
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects import nn
from aipu.extend import (
    REQUANTISING,
    AipuPass,
    PatternRewriter,
    RewritePattern,
    Semantics,
    op_type_rewrite_pattern,
    rewrite,
)


@dataclass(frozen=True)
class CapRelu(RewritePattern):
    """A relu that lets more than the limit pass does so no more."""

    limit: float

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ClampOp, rewriter: PatternRewriter) -> None:
        low, high = op.bounds.data
        if low != 0 or high <= self.limit:
            return
        rewriter.replace(op, nn.ClampOp(op.ifm, low, self.limit))


@dataclass(frozen=True)
class CapReluPass(AipuPass):
    """Let no relu pass more than a limit."""

    name = "cap-relu"
    semantics: ClassVar[Semantics] = REQUANTISING

    limit: float = 6.0

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, CapRelu(self.limit))
