"""Patterns on pairs of quantise and dequantise, which a quantised model is full of.

Rounding to integers keeps the order of reals, so that what clamps or only moves them
may change places with a pair; of equal pairs in a row one is enough.
"""

from xdsl.ir import SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.quant import uniform


def integers_of(value: SSAValue) -> SSAValue | None:
    """The integers that a value is made of, if it is dequantised."""
    return value.owner.ifm if isinstance(value.owner, nn.DequantiseOp) else None


class DropPairOfIntegers(RewritePattern):
    """Integers taken to reals and back, in one type, are themselves."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.QuantiseOp, rewriter: PatternRewriter) -> None:
        integers = integers_of(op.ifm)
        if integers is not None and integers.type == op.ofm.type:
            rewriter.replace(op, [], [integers])


class DropPairAfterMove(RewritePattern):
    """What moves elements of a pair makes elements of the same pair."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.DequantiseOp, rewriter: PatternRewriter) -> None:
        before = op.ifm.owner
        if not isinstance(before, nn.QuantiseOp):
            return
        move = before.ifm.owner
        if not isinstance(move, nn.Selects | nn.ConcatOp) or fills(move):
            return
        integers = [integers_of(value) for value in move.operands]
        element = nn.element_type(op.ifm)
        if all(each and nn.element_type(each) == element for each in integers):
            rewriter.replace(op, [], [move.ofm])


def fills(op: nn.Operator) -> bool:
    """Whether an operator adds elements that are no integers of every type."""
    return isinstance(op, nn.PadOp) and op.value.value.data != 0


class ClampBeforePair(RewritePattern):
    """A clamp between two equal pairs comes before both, where an operator does it."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.QuantiseOp, rewriter: PatternRewriter) -> None:
        clamp = op.ifm.owner
        if not isinstance(clamp, nn.ClampOp):
            return
        first = integers_of(clamp.ifm)
        if first is None or not isinstance(first.owner, nn.QuantiseOp):
            return
        between = (first, clamp.ifm, clamp.ofm)
        if first.type == op.ofm.type and all(value.has_one_use() for value in between):
            moved = nn.ClampOp(first.owner.ifm, *clamp.bounds.data)
            rewriter.replace(op, [moved, nn.QuantiseOp(moved.ofm, uniform(op.ofm))])
