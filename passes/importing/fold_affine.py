"""Fold scales and offsets per channel into the convolution before them.

    %1 = nn.conv2d %0, %w, %b ...
    %2 = nn.mul %1, %scale                       %3 = nn.conv2d %0, %w', %b' ...
    %3 = nn.add %2, %offset               ==>
                                                 w' = w * scale, b' = b * scale + offset

Scales and offsets that follow one another are merged. A scale and an offset with no
convolution before them become one, with a window of 1 x 1 and a group a channel. What
others read, too, stays; but where an offset takes a convolution that is far from 0 back
to it, the convolution has the offset, and the others read the sum with its contrary:

    %1 = nn.conv2d %0, %w, %b                    %2 = nn.conv2d %0, %w, %b'
    %2 = nn.sub %1, %b                    ==>    %1 = nn.add %2, %b

In integers, all of which reach to 0, nothing would be left of what lies about 1000.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, StringAttr, TensorType, f32
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)
from xdsl.rewriter import InsertPoint

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of, scale_of
from ..authoring.context import weights_of
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .affine import Affine, Link, chain_before, continues, link_of, together

NEARER = 8
"""By how many times less a bias must be, for a convolution to be far from 0 with it."""


@dataclass(frozen=True)
class FoldAffine(RewritePattern):
    """A chain of scales and offsets goes into its convolution, or becomes shorter."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.BinaryOperator, rewriter: PatternRewriter
    ) -> None:
        last = link_of(op)
        if last is None or continues(last):
            return
        chain = chain_before(last)
        affine = together(chain, self.weights)
        before = chain[0].ifm.owner
        if not affine.is_finite:
            return
        if isinstance(before, nn.WeightedSums) and can_take_an_affine(before):
            self.fold(affine, before, op, rewriter)
        elif isinstance(before, nn.WeightedSums) and self.is_far_from_zero(
            before, affine
        ):
            self.centre(affine, before, op, rewriter)
        elif affine.scales and affine.shifts and len(nn.shape(op.ofm)) == 4:
            self.convolve(affine, chain, rewriter)
        elif affine.scales + affine.shifts < len(chain):
            self.merge(affine, chain, rewriter)

    def fold(
        self,
        affine: Affine,
        convolution: nn.WeightedSums,
        last: nn.BinaryOperator,
        rewriter: PatternRewriter,
    ) -> None:
        """Change the weight and the bias, and end in the clamp of the last step."""
        weight, bias = self.array(convolution.weight), self.array(convolution.bias)
        bias = self.weight(
            key_of(convolution.bias), "shifted", bias * affine.scale + affine.offset
        )
        self.exchange(convolution, 2, bias, rewriter)
        if affine.scales:
            per_filter = affine.scale.reshape(-1, *[1] * (weight.ndim - 1))
            key = key_of(convolution.weight)
            weight = self.weight(key, "scaled", weight * per_filter)
            weight.scale = self.scale(convolution, affine.scale)
            self.exchange(convolution, 1, weight, rewriter)
        convolution.activation = last.activation
        rewriter.replace(last, [], [convolution.ofm])

    def is_far_from_zero(self, convolution: nn.WeightedSums, affine: Affine) -> bool:
        """Whether an offset alone takes away most of a bias, though others read it."""
        if affine.scales or not is_bare(convolution):
            return False
        bias = self.array(convolution.bias)
        return NEARER * np.abs(bias + affine.offset).max() < np.abs(bias).max()

    def centre(
        self,
        affine: Affine,
        convolution: nn.WeightedSums,
        last: nn.BinaryOperator,
        rewriter: PatternRewriter,
    ) -> None:
        """Have the convolution shifted, and shift it back for its other readers."""
        key = key_of(convolution.bias)
        bias = self.weight(key, "shifted", self.array(convolution.bias) + affine.offset)
        back = self.weight(key, "back", -affine.offset)
        shifted = nn.AddOp(convolution.ofm, back.value)
        back.location = shifted.location = convolution.location
        rewriter.insert([back, shifted], InsertPoint.after(convolution))
        convolution.ofm.replace_uses_with_if(
            shifted.ofm, lambda use: use.operation is not shifted
        )
        self.exchange(convolution, 2, bias, rewriter)
        if last.activation == nn.NO_CLAMP:
            rewriter.replace(last, [], [convolution.ofm])
        else:
            clamp = nn.ClampOp(convolution.ofm, *last.activation.data)
            rewriter.replace(last, clamp)

    def scale(
        self, convolution: nn.WeightedSums, factor: np.ndarray
    ) -> StringAttr | None:
        """The scale of integer weights whose reals are multiplied by `factor`."""
        old = scale_of(convolution.weight, self.weights)
        if old is None or not factor.all():
            return None
        key = f"{key_of(convolution.weight)}/scaled/scale"
        return StringAttr(self.weights.add(key, old * np.abs(factor)))

    def exchange(
        self,
        convolution: nn.WeightedSums,
        operand: int,
        new: nn.WeightOp,
        rewriter: PatternRewriter,
    ) -> None:
        """Let a convolution read a new weight, which comes from where it does."""
        new.location = convolution.location
        rewriter.insert(new, InsertPoint.before(convolution))
        convolution.operands[operand] = new.value
        rewriter.notify_op_modified(convolution)

    def convolve(
        self, affine: Affine, chain: list[Link], rewriter: PatternRewriter
    ) -> None:
        """Scale and shift by a depthwise convolution of one element."""
        last, key = chain[-1].op, chain[0].constant.key.data
        channels = nn.shape(last.ofm)[-1]
        scale = np.broadcast_to(affine.scale, channels).reshape(channels, 1, 1, 1)
        weight = self.weight(key, "scale", scale)
        bias = self.weight(key, "offset", np.broadcast_to(affine.offset, channels))
        convolution = nn.Conv2dOp(
            chain[0].ifm,
            weight.value,
            bias.value,
            groups=channels,
            activation=last.activation,
        )
        rewriter.replace(last, [weight, bias, convolution])

    def merge(
        self, affine: Affine, chain: list[Link], rewriter: PatternRewriter
    ) -> None:
        """Scale once if at all, shift once if at all, then clamp as the last step."""
        last, key, value = chain[-1].op, chain[0].constant.key.data, chain[0].ifm
        new: list[Operation] = []
        if affine.scales:
            scale = self.weight(key, "scale", affine.scale)
            new += [scale, product := nn.MulOp(value, scale.value)]
            value = product.ofm
        if affine.shifts:
            offset = self.weight(key, "offset", affine.offset)
            new += [offset, total := nn.AddOp(value, offset.value)]
            value = total.ofm
        if last.activation != nn.NO_CLAMP:
            new.append(clamp := nn.ClampOp(value, *last.activation.data))
            value = clamp.ofm
        rewriter.replace(last, new, [value])

    def array(self, value: SSAValue) -> np.ndarray:
        return self.weights[key_of(value)].astype(np.float64)

    def weight(self, key: str, change: str, array: np.ndarray) -> nn.WeightOp:
        """A new weight in single precision, named after the one that it is made of."""
        key = self.weights.add(f"{key}/{change}", array.astype(np.float32))
        return nn.WeightOp(key, TensorType(f32, array.shape))


def can_take_an_affine(op: nn.WeightedSums) -> bool:
    """Whether a convolution ends in its sum, known to one reader, of weights."""
    return op.ofm.has_one_use() and is_bare(op)


def is_bare(op: nn.WeightedSums) -> bool:
    """Whether a convolution ends in its sum, of weights."""
    return (
        op.activation == nn.NO_CLAMP
        and op.slope is None
        and isinstance(op.weight.owner, nn.WeightOp)
        and isinstance(op.bias.owner, nn.WeightOp)
    )


@dataclass(frozen=True)
class FoldAffinePass(AipuPass):
    name = "fold-affine"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, FoldAffine(weights_of(ctx)))
