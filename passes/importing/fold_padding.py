"""Let the window operator after a pad do the padding.

%1 = nn.pad %0 low [0, 1, 1, 0] high [0, 1, 1, 0]
%2 = nn.conv2d %1, %w, %b                  ==>   %2 = nn.conv2d %0, ... pad [1, 1, 1, 1]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import DenseArrayBase, ModuleOp, UnitAttr, i64
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite
from .clamps import clamp_of

WindowOperator = nn.Conv2dOp | nn.MaxPool2dOp | nn.AvgPool2dOp


class PadBehindTranspose(RewritePattern):
    """A pad that only a transpose reads pads what the transpose makes.

    So it comes to stand before the window operator, and the transpose at the input.
    """

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.TransposeOp, rewriter: PatternRewriter) -> None:
        pad = op.ifm.owner
        if not isinstance(pad, nn.PadOp) or not pad.ofm.has_one_use():
            return
        order = op.permutation.get_values()
        low, high = pad.low.get_values(), pad.high.get_values()
        transpose = nn.TransposeOp(pad.ifm, order)
        padded = nn.PadOp(
            transpose.ofm,
            [low[axis] for axis in order],
            [high[axis] for axis in order],
            pad.value.value.data,
        )
        rewriter.replace(op, [transpose, padded], [padded.ofm])
        rewriter.erase(pad)


class PadBehindReshape(RewritePattern):
    """A pad that only a reshape reads pads what the reshape makes.

    If that adds or drops nothing but axes of extent 1, as it does before a pool of one
    dimension.
    """

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ReshapeOp, rewriter: PatternRewriter) -> None:
        pad = op.ifm.owner
        if not isinstance(pad, nn.PadOp) or not pad.ofm.has_one_use():
            return
        extents, pads = nn.shape(op.ofm), padded_extents(pad)
        if [n for n in extents if n > 1] != [n for n, _, _ in pads]:
            return
        found = iter(pads)
        sides = [next(found)[1:] if n > 1 else (0, 0) for n in extents]
        low, high = ([side[end] for side in sides] for end in (0, 1))
        shape = [n - sum(side) for n, side in zip(extents, sides, strict=True)]
        reshape = nn.ReshapeOp(pad.ifm, shape)
        padded = nn.PadOp(reshape.ofm, low, high, pad.value.value.data)
        rewriter.replace(op, [reshape, padded], [padded.ofm])
        rewriter.erase(pad)


def padded_extents(pad: nn.PadOp) -> list[tuple[int, int, int]]:
    """The extents above 1 of what a pad makes, and what it adds before and after."""
    ends = zip(
        nn.shape(pad.ofm), pad.low.get_values(), pad.high.get_values(), strict=True
    )
    return [each for each in ends if each[0] > 1]


class PadInConvolution(RewritePattern):
    """Zeros around a feature map are what a convolution pads with."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Conv2dOp, rewriter: PatternRewriter) -> None:
        pad = window_pad(op)
        if pad is not None and pad.value.value.data == 0:
            fold(pad, op, rewriter)


LOWEST = float(np.finfo(np.float32).min)
"""Exporters pad with it, or with minus infinity, where they mean what never wins."""


class PadInMaxPool(RewritePattern):
    """What never exceeds an element of the map may be padding, which never wins.

    Every window must hold an element of the map.
    """

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.MaxPool2dOp, rewriter: PatternRewriter) -> None:
        pad = window_pad(op)
        if pad is None or pad.value.value.data > max(clamp_of(pad.ifm).low, LOWEST):
            return
        rows, columns = op.kernel.get_values()
        limits = (rows, columns, rows, columns)
        together = padding_together(pad, op)
        if all(n < limit for n, limit in zip(together, limits, strict=True)):
            fold(pad, op, rewriter)


class PadInAvgPool(RewritePattern):
    """Zeros around a feature map are padding that counts."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.AvgPool2dOp, rewriter: PatternRewriter) -> None:
        pad = window_pad(op)
        if pad is None or pad.value.value.data != 0:
            return
        if op.counting_pad is None and any(op.pad.get_values()):
            return
        op.counting_pad = UnitAttr()
        fold(pad, op, rewriter)


def window_pad(op: WindowOperator) -> nn.PadOp | None:
    """The pad that `op` reads, if it pads rows and columns alone."""
    pad = op.ifm.owner
    if not isinstance(pad, nn.PadOp):
        return None
    low, high = pad.low.get_values(), pad.high.get_values()
    return None if low[0] or low[3] or high[0] or high[3] else pad


def padding_together(pad: nn.PadOp, op: WindowOperator) -> Sequence[int]:
    """Top, left, bottom and right of both."""
    low, high = pad.low.get_values(), pad.high.get_values()
    sides = (low[1], low[2], high[1], high[2])
    return [a + b for a, b in zip(sides, op.pad.get_values(), strict=True)]


def fold(pad: nn.PadOp, op: WindowOperator, rewriter: PatternRewriter) -> None:
    """Let `op` read what the pad reads, and pad for both."""
    op.pad = DenseArrayBase.from_list(i64, padding_together(pad, op))
    op.operands[0] = pad.ifm
    rewriter.notify_op_modified(op)
    if not pad.ofm.uses:
        rewriter.erase(pad)


@dataclass(frozen=True)
class FoldPaddingPass(AipuPass):
    name = "fold-padding"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(
            op,
            PadBehindTranspose(),
            PadBehindReshape(),
            PadInConvolution(),
            PadInMaxPool(),
            PadInAvgPool(),
        )
