"""Take slices of joined tensors from the tensors that were joined.

%2 = nn.concat %0, %1 axis 1                    %5 = nn.sigmoid %1
%3 = nn.slice %2 from [0, 0] sizes [4, 16]
%4 = nn.slice %2 from [0, 16] sizes [4, 3] ==>
%5 = nn.sigmoid %4

Detectors join boxes and scores, reshape and join them again, and only then split them.
In integers all of a concat has one scale, so a box that reaches to 15 would leave few
steps for a score. Whatever only moves elements may lie in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import prod
from typing import ClassVar, NamedTuple

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite


@dataclass(frozen=True)
class Part:
    """`size` elements from `start` along one axis; all of the others."""

    axis: int
    start: int
    size: int


class Taken(NamedTuple):
    """A part of a tensor: what computes it, in order, and the value."""

    new: list[Operation]
    value: SSAValue


class HoistSlice(RewritePattern):
    """A slice of some of the tensors that were joined is made of these alone."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.SliceOp, rewriter: PatternRewriter) -> None:
        part = part_taken(op)
        taken = None if part is None else take(op.ifm, part)
        if taken is not None:
            rewriter.replace(op, taken.new, [taken.value])


def part_taken(op: nn.SliceOp) -> Part | None:
    """What a slice takes, if it is along one axis, and neighbours."""
    found = [
        Part(axis, start, size)
        for axis, (extent, start, size, stride) in enumerate(
            zip(
                nn.shape(op.ifm),
                op.starts.get_values(),
                op.sizes.get_values(),
                op.strides.get_values(),
                strict=True,
            )
        )
        if (start, size, stride) != (0, extent, 1)
    ]
    if len(found) != 1 or op.strides.get_values()[found[0].axis] != 1:
        return None
    return found[0]


def take(value: SSAValue, part: Part) -> Taken | None:
    """A part of a value, if it consists of whole tensors that were joined."""
    match value.owner:
        case nn.ConcatOp() as op if op.axis.value.data == part.axis:
            return take_inputs(op, part)
        case nn.ConcatOp() as op:
            return join([take(each, part) for each in op.inputs], op.axis.value.data)
        case nn.TransposeOp() as op:
            permutation = op.permutation.get_values()
            before = take(op.ifm, replace(part, axis=permutation[part.axis]))
            return before and then(before, nn.TransposeOp(before.value, permutation))
        case nn.ReshapeOp() as op:
            axis = same_axis(nn.shape(op.ofm), part.axis, nn.shape(op.ifm))
            if axis is None:
                return None
            before = take(op.ifm, replace(part, axis=axis))
            shape = list(nn.shape(op.ofm))
            shape[part.axis] = part.size
            return before and then(before, nn.ReshapeOp(before.value, shape))
    return None


def take_inputs(op: nn.ConcatOp, part: Part) -> Taken | None:
    """A part along the axis of a concat: whole inputs of it, or a part of one."""
    extents = [nn.shape(each)[part.axis] for each in op.inputs]
    ends = list(pairwise(accumulate(extents, initial=0)))
    stop = part.start + part.size
    whole = [
        each
        for each, (start, end) in zip(op.inputs, ends, strict=True)
        if part.start <= start and end <= stop
    ]
    if sum(nn.shape(each)[part.axis] for each in whole) == part.size:
        return join([Taken([], each) for each in whole], part.axis)
    for each, (start, end) in zip(op.inputs, ends, strict=True):
        if start <= part.start and stop <= end:
            return take(each, replace(part, start=part.start - start))
    return None


def join(parts: Sequence[Taken | None], axis: int) -> Taken | None:
    """Parts one after another along an axis, if all could be taken."""
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    if len(found) == 1:
        return found[0]
    concat = nn.ConcatOp([part.value for part in found], axis)
    return Taken([*(op for part in found for op in part.new), concat], concat.ofm)


def then(before: Taken, op: nn.Operator) -> Taken:
    """A part, and what moves it."""
    return Taken([*before.new, op], op.ofm)


def same_axis(shape: Sequence[int], axis: int, before: Sequence[int]) -> int | None:
    """Which axis of a tensor is `axis` of what it is reshaped to."""
    outer = prod(shape[:axis])
    for number, extent in enumerate(before):
        if extent == shape[axis] and prod(before[:number]) == outer:
            return number
    return None


@dataclass(frozen=True)
class HoistSlicesPass(AipuPass):
    name = "hoist-slices"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, HoistSlice())
