"""Write a scale or an offset per channel as a depthwise convolution of one element.

%1 = nn.mul %0, %scale         ==>      %1 = nn.conv2d %0, %scale', %zeros groups 64
           : tensor<64xf32>

Quantised, each channel then has a scale of its own. What `fold-affine` could fold into
a convolution before it is gone by now.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .affine import link_of


@dataclass(frozen=True)
class ConvolveScale(RewritePattern):
    """A constant per channel, multiplied or added, is a depthwise convolution."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.BinaryOperator, rewriter: PatternRewriter
    ) -> None:
        step = link_of(op)
        if step is None or nn.shape(step.constant.value)[-1:] in ((), (1,)):
            return
        affine = step.affine(self.weights)
        if not affine.is_finite:
            return
        *leading, channels = nn.shape(op.ofm)
        scale = np.broadcast_to(affine.scale, channels).reshape(channels, 1, 1, 1)
        offset = np.broadcast_to(affine.offset, channels)
        key = step.constant.key.data
        weight = new_weight(self.weights, f"{key}/scale", scale)
        bias = new_weight(self.weights, f"{key}/offset", offset)
        flat = (1, prod(leading), 1, channels)
        shaped = nn.ReshapeOp(step.ifm, nn.shape(op.ofm) if len(leading) == 3 else flat)
        ofm = nn.Conv2dOp(
            shaped.ofm,
            weight.value,
            bias.value,
            groups=channels,
            activation=op.activation,
        )
        back = nn.ReshapeOp(ofm.ofm, nn.shape(op.ofm))
        rewriter.replace(op, [weight, bias, shaped, ofm, back])


@dataclass(frozen=True)
class ConvolveScalesPass(AipuPass):
    name = "convolve-scales"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, ConvolveScale(weights_of(ctx)))
