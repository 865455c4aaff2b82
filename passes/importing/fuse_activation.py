"""Fold a clamp into the operator before it: the output stage does it for nothing.

%1 = nn.conv2d %0, %w, %b ...                 %1 = nn.conv2d %0, %w, %b ... then relu
%2 = nn.clamp %1 relu                 ==>
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
from .clamps import WithActivation, after


class FuseClamp(RewritePattern):
    """A clamp whose producer has no other reader becomes that one's `then`."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ClampOp, rewriter: PatternRewriter) -> None:
        producer = op.ifm.owner
        if not isinstance(producer, WithActivation) or not op.ifm.has_one_use():
            return
        if op.ifm.type != op.ofm.type:
            return
        merged = after(producer.activation.data, op.bounds.data)
        producer.activation = nn.ClampAttr(merged)
        rewriter.notify_op_modified(producer)
        rewriter.replace(op, [], [producer.ofm])


@dataclass(frozen=True)
class FuseActivationPass(AipuPass):
    name = "fuse-activation"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, FuseClamp())
