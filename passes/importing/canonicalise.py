"""Drop operators that do nothing, merge those that could be one.

    %1 = nn.reshape %0 : (tensor<1x8xf32>) -> tensor<8xf32>
    %2 = nn.reshape %1 : (tensor<8xf32>) -> tensor<2x4xf32>
==>
    %2 = nn.reshape %0 : (tensor<1x8xf32>) -> tensor<2x4xf32>

Dead operators go, and of equal operators, weights included, the first stays.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)
from xdsl.transforms.common_subexpression_elimination import cse

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite
from .clamps import after, clamp_of
from .quantised_pairs import ClampBeforePair, DropPairAfterMove, DropPairOfIntegers


class DropEmptyReshape(RewritePattern):
    """A reshape to the shape that its ifm has is its ifm."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ReshapeOp, rewriter: PatternRewriter) -> None:
        if op.ifm.type == op.ofm.type:
            rewriter.replace(op, [], [op.ifm])


class MergeReshapes(RewritePattern):
    """A reshape of a reshape reshapes what the first one read."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ReshapeOp, rewriter: PatternRewriter) -> None:
        first = op.ifm.owner
        if isinstance(first, nn.ReshapeOp):
            rewriter.replace(op, nn.ReshapeOp(first.ifm, nn.shape(op.ofm)))


class DropEmptyTranspose(RewritePattern):
    """A transpose that only moves dimensions of extent 1 is a reshape."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.TransposeOp, rewriter: PatternRewriter) -> None:
        ifm = nn.shape(op.ifm)
        moved = [axis for axis in op.permutation.get_values() if ifm[axis] > 1]
        if moved == sorted(moved):
            rewriter.replace(op, nn.ReshapeOp(op.ifm, nn.shape(op.ofm)))


class MergeTransposes(RewritePattern):
    """A transpose of a transpose is one transpose."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.TransposeOp, rewriter: PatternRewriter) -> None:
        first = op.ifm.owner
        if not isinstance(first, nn.TransposeOp):
            return
        inner = first.permutation.get_values()
        merged = [inner[axis] for axis in op.permutation.get_values()]
        rewriter.replace(op, nn.TransposeOp(first.ifm, merged))


class DropWholeSlice(RewritePattern):
    """A slice that takes everything, in order, is its ifm."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.SliceOp, rewriter: PatternRewriter) -> None:
        in_order = all(
            stride == 1 or size == 1
            for stride, size in zip(
                op.strides.get_values(), op.sizes.get_values(), strict=True
            )
        )
        if in_order and op.ifm.type == op.ofm.type:
            rewriter.replace(op, [], [op.ifm])


class DropEmptyPad(RewritePattern):
    """A pad of nothing is its ifm."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.PadOp, rewriter: PatternRewriter) -> None:
        if op.ifm.type == op.ofm.type:
            rewriter.replace(op, [], [op.ifm])


class DropConcatOfOne(RewritePattern):
    """A concat of one tensor is that tensor."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ConcatOp, rewriter: PatternRewriter) -> None:
        if len(op.inputs) == 1:
            rewriter.replace(op, [], [op.inputs[0]])


class DropEmptyReduction(RewritePattern):
    """A mean, sum or maximum of single elements is a reshape."""

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.ReduceOperator, rewriter: PatternRewriter
    ) -> None:
        ifm = nn.tensor_type(op.ifm)
        same_type = nn.element_type(op.ofm) == ifm.element_type
        if same_type and all(
            ifm.get_shape()[axis] == 1 for axis in op.axes.get_values()
        ):
            rewriter.replace(op, nn.ReshapeOp(op.ifm, nn.shape(op.ofm)))


class MergeClamps(RewritePattern):
    """A clamp of a clamp is one clamp; one that the first implies is dropped."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ClampOp, rewriter: PatternRewriter) -> None:
        first, before = clamp_of(op.ifm), op.ifm.owner
        merged = after(first, op.bounds.data)
        if merged == first and op.ifm.type == op.ofm.type:
            rewriter.replace(op, [], [op.ifm])
        elif isinstance(before, nn.ClampOp) and before.ifm.type == op.ofm.type:
            rewriter.replace(op, nn.ClampOp(before.ifm, *merged))


class JoinSlices(RewritePattern):
    """Slices of one tensor that a concat puts together again are one slice."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ConcatOp, rewriter: PatternRewriter) -> None:
        axis = op.axis.value.data
        for number, (first, second) in enumerate(pairwise(op.inputs)):
            joined = joined_slices(first.owner, second.owner, axis)
            if joined is not None:
                inputs = [*op.inputs]
                inputs[number : number + 2] = [joined.ofm]
                rewriter.replace(op, [joined, op.with_(inputs=inputs)])
                return


def joined_slices(
    first: Operation | Block, second: Operation | Block, axis: int
) -> nn.SliceOp | None:
    """The slice of all that two slices take, if the second goes on where one ends."""
    if not isinstance(first, nn.SliceOp) or not isinstance(second, nn.SliceOp):
        return None
    starts, sizes = list(first.starts.get_values()), list(first.sizes.get_values())
    stride = first.strides.get_values()[axis]
    follows = list(starts)
    follows[axis] += sizes[axis] * stride
    others = list(second.sizes.get_values())
    more, others[axis] = others[axis], sizes[axis]
    if (
        first.ifm is not second.ifm
        or first.ofm.type.element_type != second.ofm.type.element_type
        or list(second.starts.get_values()) != follows
        or first.strides != second.strides
        or others != sizes
    ):
        return None
    sizes[axis] += more
    return first.with_(sizes=sizes)


def _of_operators(module: ModuleOp) -> list[RewritePattern]:
    """The patterns that the operators of a module bring along."""
    kinds = dict.fromkeys(type(each) for each in module.walk())
    return [
        pattern
        for kind in kinds
        if issubclass(kind, nn.Operator)
        for pattern in kind.canonicalisations()
    ]


@dataclass(frozen=True)
class CanonicalisePass(AipuPass):
    name = "canonicalise"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(
            op,
            DropEmptyReshape(),
            MergeReshapes(),
            DropEmptyTranspose(),
            MergeTransposes(),
            DropWholeSlice(),
            DropEmptyPad(),
            DropConcatOfOne(),
            DropEmptyReduction(),
            MergeClamps(),
            DropPairOfIntegers(),
            DropPairAfterMove(),
            ClampBeforePair(),
            JoinSlices(),
            *_of_operators(op),
        )
        cse(op)
