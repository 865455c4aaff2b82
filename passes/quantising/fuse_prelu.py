"""Let the output stage of a product do the prelu or leaky relu after it.

%1 = nn.conv2d %0, %w, %b               %1 = nn.conv2d %0, %w, %b rescale %slope
%2 = nn.prelu %1, %slope           ==>

A sum below 0 then has a multiplier of its own, each channel another one: nothing is
rounded in between, and nothing goes to DRAM and back. A prelu that follows no product,
or one whose result others read, too, is a depthwise convolution by 1 with such an
output stage; a leaky relu there is a table anyway. Without one slope a channel, or with
the arithmetic of Arm-China's tools, which has integers for what each operator makes, a
prelu is the positive part and the negative one times the slope.
"""

from dataclasses import dataclass
from math import inf, prod

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.locations import place
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.operators import is_weight
from ..authoring.pinned import pinned
from ..authoring.places import PIN, PLACE
from ..authoring.promises import AipuPass, approximate
from ..authoring.rewriting import rewrite
from .arithmetic.arithmetic import arithmetic


@dataclass(frozen=True)
class FuseSlope(RewritePattern):
    """A product that nobody else reads takes the slopes of what follows it."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Operator, rewriter: PatternRewriter) -> None:
        if not isinstance(op, nn.PReluOp | nn.LeakyReluOp):
            return
        product, slopes = op.ifm.owner, slopes_of(op, self.weights)
        if not isinstance(product, nn.WeightedSums) or slopes is None:
            return
        if not (takes_slopes(product) and takes_slopes(op)):
            return
        slope = new_weight(self.weights, f"{place(op)}/slope", slopes)
        rewriter.replace(op, [slope, product.with_(rescale=[slope.value])])


@dataclass(frozen=True)
class ConvolvePRelu(RewritePattern):
    """Any other prelu with a slope a channel is a product by 1."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.PReluOp, rewriter: PatternRewriter) -> None:
        slopes = slopes_of(op, self.weights)
        if slopes is None:
            return
        *leading, channels = nn.shape(op.ofm)
        name = place(op)
        ones = new_weight(self.weights, f"{name}/one", np.ones((channels, 1, 1, 1)))
        zeros = new_weight(self.weights, f"{name}/zero", np.zeros(channels))
        slope = new_weight(self.weights, f"{name}/slope", slopes)
        flat = (1, prod(leading), 1, channels)
        as_map = nn.ReshapeOp(op.ifm, nn.shape(op.ofm) if len(leading) == 3 else flat)
        product = nn.Conv2dOp(
            as_map.ofm, ones.value, zeros.value, rescale=[slope.value], groups=channels
        )
        back = nn.ReshapeOp(product.ofm, nn.shape(op.ofm))
        rewriter.replace(op, [ones, zeros, slope, as_map, product, back])


class DecomposePRelu(RewritePattern):
    """The positive part, and the negative one times the slope."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.PReluOp, rewriter: PatternRewriter) -> None:
        positive = nn.ClampOp(op.ifm, 0.0, inf)
        negative = nn.ClampOp(op.ifm, -inf, 0.0)
        scaled = nn.MulOp(negative.ofm, op.slope)
        total = nn.AddOp(positive.ofm, scaled.ofm)
        rewriter.replace(op, [positive, negative, scaled, total])


def slopes_of(
    op: nn.PReluOp | nn.LeakyReluOp, weights: WeightStore
) -> np.ndarray | None:
    """The slope of each channel [C]; None where they are computed, or of more."""
    channels = nn.shape(op.ofm)[-1:]
    if isinstance(op, nn.LeakyReluOp):
        return np.full(channels, op.alpha.value.data)
    if not is_weight(op.slope) or not channels:
        return None
    array = weights[key_of(op.slope)]
    if prod(array.shape[:-1]) != 1 or nn.shape(op.ifm) != nn.shape(op.ofm):
        return None
    return np.broadcast_to(array.reshape(-1), channels)


def takes_slopes(op: nn.Operator) -> bool:
    """Whether an operator may be one with its neighbour.

    Not if a model or a person has said something of it alone.
    """
    if pinned(op.ofm) is not None or {PIN, PLACE} & {*op.attributes}:
        return False
    if not isinstance(op, nn.WeightedSums):
        return True
    free = all(is_weight(value) and not has_scale(value) for value in op.operands[1:3])
    bare = op.activation == nn.NO_CLAMP and op.slope is None
    return free and bare and op.ofm.has_one_use()


@dataclass(frozen=True)
class FusePReluPass(AipuPass):
    """A prelu is part of an output stage, or else clamps, a product and a sum.

    arithmetic: as in `quantise-operators`.
    """

    name = "fuse-prelu"
    semantics = approximate(1e-6)

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        weights, patterns = weights_of(ctx), list[RewritePattern]()
        if arithmetic(self.arithmetic).compensates:
            patterns += FuseSlope(weights), ConvolvePRelu(weights)
        rewrite(op, *patterns, DecomposePRelu())
