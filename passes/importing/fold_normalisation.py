"""Fold what normalises an input into the convolution that reads it.

    %1 = nn.mul %image, %scale
    %2 = nn.add %1, %offset                %3 = nn.conv2d %image, %w', %b' ...
    %3 = nn.conv2d %2, %w, %b ...    ==>
                                           w' = w * scale, b' = b + sum(w * offset)

A convolution that pads puts zeros around what is normalised, which no number stands for
before: there only the scale is folded, and what is left is `image + offset / scale`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.ir import BlockArgument, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)
from xdsl.rewriter import InsertPoint

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.context import weights_of
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .affine import Affine, chain_before, link_of, together


@dataclass(frozen=True)
class FoldNormalisation(RewritePattern):
    """A convolution takes in the scale before it, and the offset if it does not pad."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Conv2dOp, rewriter: PatternRewriter) -> None:
        last = link_of(op.ifm.owner) if isinstance(op.ifm.owner, nn.Operator) else None
        if last is None or last.op.activation != nn.NO_CLAMP:
            return
        chain = chain_before(last)
        affine = together(chain, self.weights)
        if not (
            op.ifm.has_one_use()
            and is_input(chain[0].ifm)
            and has_free_parameters(op)
            and affine.is_finite
        ):
            return
        if not affine.shifts or not any(op.pad.get_values()):
            self.fold(affine, op, chain[0].ifm, rewriter)
        elif affine.scales and np.all(affine.scale != 0):
            shift = self.weight(
                f"{chain[0].constant.key.data}/shift", affine.offset / affine.scale
            )
            shifted = nn.AddOp(chain[0].ifm, shift.value)
            rewriter.insert([shift, shifted], InsertPoint.before(op))
            self.fold(Affine(affine.scale, np.zeros(1)), op, shifted.ofm, rewriter)

    def fold(
        self, affine: Affine, op: nn.Conv2dOp, ifm: SSAValue, rewriter: PatternRewriter
    ) -> None:
        """Let `op` read `ifm`, and do what stood between them."""
        weight, bias = (
            self.weights[key_of(value)].astype(np.float64)
            for value in (op.weight, op.bias)
        )
        scale, offset = (by_filter(each, op) for each in (affine.scale, affine.offset))
        new_weight = self.weight(f"{key_of(op.weight)}/normalised", weight * scale)
        new_bias = self.weight(
            f"{key_of(op.bias)}/normalised", bias + (weight * offset).sum((1, 2, 3))
        )
        rewriter.insert([new_weight, new_bias], InsertPoint.before(op))
        op.operands[0], op.operands[1] = ifm, new_weight.value
        op.operands[2] = new_bias.value
        rewriter.notify_op_modified(op)

    def weight(self, key: str, array: np.ndarray) -> nn.WeightOp:
        key = self.weights.add(key, array.astype(np.float32))
        return nn.WeightOp(key, TensorType(f32, array.shape))


def is_input(value: SSAValue) -> bool:
    """Whether a value is an input of the network, its axes in some order."""
    while isinstance(value.owner, nn.TransposeOp):
        value = value.owner.ifm
    return isinstance(value, BlockArgument)


def has_free_parameters(op: nn.Conv2dOp) -> bool:
    """Whether weight and bias are constants, and integers of no scale yet."""
    parameters = (op.weight, op.bias)
    return all(isinstance(each.owner, nn.WeightOp) for each in parameters) and not any(
        map(has_scale, parameters)
    )


def by_filter(channels: np.ndarray, op: nn.Conv2dOp) -> np.ndarray:
    """A number for each ifm channel, as each filter sees it: [M, 1, 1, C / groups]."""
    filters, _, _, depth = nn.shape(op.weight)
    groups = op.groups.value.data
    of_all = np.broadcast_to(channels, groups * depth).reshape(groups, depth)
    return of_all.repeat(filters // groups, axis=0).reshape(filters, 1, 1, depth)


@dataclass(frozen=True)
class FoldNormalisationPass(AipuPass):
    name = "fold-normalisation"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, FoldNormalisation(weights_of(ctx)))
