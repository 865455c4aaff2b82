"""Write a mean over the whole feature map as a pool, which the machine has.

    %1 = nn.reduce_mean %0 axes [1, 2] : (tensor<1x7x7x64xf32>) -> tensor<1x64xf32>
==>
    %p = nn.avg_pool2d %0 kernel [7, 7] : ... -> tensor<1x1x1x64xf32>
    %1 = nn.reshape %p : ... -> tensor<1x64xf32>
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

from ..dialects import nn
from .rewriting import rewrite
from .semantics import AipuPass, Semantics, approximate


class PoolInsteadOfMean(RewritePattern):
    """A mean over rows, columns or both of an NHWC map is an average pool."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ReduceMeanOp, rewriter: PatternRewriter) -> None:
        ifm, axes = nn.shape(op.ifm), set(op.axes.get_values())
        if len(ifm) != 4 or not axes or not axes <= {1, 2}:
            return
        kernel = [ifm[axis] if axis in axes else 1 for axis in (1, 2)]
        pool = nn.AvgPool2dOp(op.ifm, kernel)
        rewriter.replace(op, [pool, nn.ReshapeOp(pool.ofm, nn.shape(op.ofm))])


@dataclass(frozen=True)
class DecomposeReduceMeanPass(AipuPass):
    name = "decompose-reduce-mean"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, PoolInsteadOfMean())
