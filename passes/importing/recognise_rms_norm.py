"""Recognise a normalisation by the root mean square that is spelled out.

%s = nn.square %x                                 %y = nn.rms_norm %x, %gain
%m = nn.reduce_mean %s axes [2] keep                            epsilon 1.0e-06
%e = nn.add %m, %epsilon                  ==>
%r = nn.rsqrt %e
%n = nn.mul %x, %r
%y = nn.mul %n, %gain

Language models have it in place of a layer normalisation: B. Zhang and R. Sennrich,
"Root Mean Square Layer Normalization", 2019. A sum in place of the mean, which is a
multiple of it, is told by the gain.
"""

from dataclasses import dataclass
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
from ...dialects.locations import source_name
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .norm_gains import FoldGain, along, normalised
from .spellings import Spellings


@dataclass(frozen=True)
class RecogniseRmsNorm(RewritePattern):
    """A tensor over the root of the mean of its squares becomes one operator."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.MulOp | nn.DivOp, rewriter: PatternRewriter
    ) -> None:
        spellings = Spellings(self.weights)
        found = spellings.quotient(op.ofm)
        if found is None or op.activation != nn.NO_CLAMP:
            return
        rest, epsilon = spellings.sum(found.radicand)
        mean = spellings.mean(rest)
        if mean is None or mean.factor <= 0 or epsilon <= 0:
            return
        square = mean.ifm.owner
        if not isinstance(square, nn.SquareOp):
            return
        ifm, gain = found.numerator, found.gain
        if square.ifm is not ifm:
            ifm, scale = spellings.without_gain(ifm)
            gain = gain * scale
        if square.ifm is not ifm:
            return
        gain = along(gain / np.sqrt(mean.factor), nn.shape(ifm), mean.axes)
        if gain is None or nn.shape(ifm) != nn.shape(op.ofm):
            return
        weight = new_weight(self.weights, f"{source_name(op)}/gain", gain)
        new = normalised(
            ifm,
            mean.axes,
            lambda ifm: nn.RmsNormOp(ifm, weight.value, epsilon / mean.factor),
        )
        rewriter.replace(op, [weight, *new])


@dataclass(frozen=True)
class RecogniseRmsNormPass(AipuPass):
    name = "recognise-rms-norm"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        weights = weights_of(ctx)
        rewrite(op, RecogniseRmsNorm(weights), FoldGain(weights))
