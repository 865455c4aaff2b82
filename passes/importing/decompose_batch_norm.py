"""Write a batch normalisation as what it is at inference: a scale and an offset.

    %1 = nn.batch_norm %0, %gain, %offset, %mean, %variance epsilon ...
==>
    %s = nn.mul %0, %scale       scale = gain / sqrt(variance + epsilon)
    %1 = nn.add %s, %shift       shift = offset - mean * scale
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
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite


@dataclass(frozen=True)
class DecomposeBatchNorm(RewritePattern):
    """A normalisation by weights becomes a multiplication and an addition."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.BatchNormOp, rewriter: PatternRewriter) -> None:
        owners = [operand.owner for operand in op.operands[1:]]
        keys = [owner.key.data for owner in owners if isinstance(owner, nn.WeightOp)]
        if len(keys) < len(owners):
            return
        gain, offset, mean, variance = (self.weights[key] for key in keys)
        epsilon = op.epsilon.value.data
        scale, shift = scale_and_shift(gain, offset, mean, variance, epsilon)
        scale_weight = self._weight(f"{keys[0]}/scale", scale, op)
        shift_weight = self._weight(f"{keys[1]}/shift", shift, op)
        scaled = nn.MulOp(op.ifm, scale_weight.value)
        shifted = nn.AddOp(scaled.ofm, shift_weight.value)
        rewriter.replace(op, [scale_weight, shift_weight, scaled, shifted])

    def _weight(self, key: str, array: np.ndarray, op: nn.BatchNormOp) -> nn.WeightOp:
        key = self.weights.add(key, array.astype(np.float32))
        return nn.WeightOp(key, nn.tensor_like(op.ifm, array.shape))


def scale_and_shift(
    gain: np.ndarray,
    offset: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift [C] of a batch normalisation (Ioffe and Szegedy, 2015).

    They are rounded to float32 step by step, as the tools do that fold normalisations
    into weights: a model is then the same, bit for bit, whether it was folded or not.
    """
    scale = gain / np.sqrt(variance + np.float32(epsilon))
    return scale, offset - mean * scale


@dataclass(frozen=True)
class DecomposeBatchNormPass(AipuPass):
    name = "decompose-batch-norm"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, DecomposeBatchNorm(weights_of(ctx)))
