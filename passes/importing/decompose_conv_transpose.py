"""Write a transposed convolution as a convolution whose channels become pixels.

    %1 = nn.conv_transpose2d %0, %w, %b stride [2, 2] ... : ... -> tensor<1x8x8x3xf32>
==>
    %c = nn.conv2d %0, %w', %b' ...                : ... -> tensor<1x4x4x12xf32>
    %1 = reshape, transpose, reshape, slice of %c  : ... -> tensor<1x8x8x3xf32>

The pixels of the result whose row and column leave the same remainder by the stride are
one phase, and a phase is a convolution with some of the weights. Of a depthwise one
each phase has a window of its own, which begins behind what is cut off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar, NamedTuple

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite


@dataclass(frozen=True)
class Phases:
    """How one axis of a kernel falls apart.

    Tap t of phase p is kernel element `elements[p, t]`, -1 for none, and lies on the
    ifm element `before` less than t away.
    """

    before: int
    elements: np.ndarray


def phases(kernel: int, stride: int, dilation: int) -> Phases:
    """Element i takes y to `y * stride + i * dilation`: a phase and a quotient."""
    places = {
        (phase, (phase - i * dilation) // stride): i
        for phase in range(stride)
        for i in range(kernel)
        if (phase - i * dilation) % stride == 0
    }
    before = -min(offset for _, offset in places)
    elements = [
        [places.get((phase, tap - before), -1) for tap in range(before + 1)]
        for phase in range(stride)
    ]
    return Phases(before, np.array(elements))


class Start(NamedTuple):
    """Of a phase of the result: which of the kernel's it is, and how it is padded."""

    phase: int
    before: int
    after: int


def starts(op: nn.ConvTranspose2dOp, axis: int, taps: int, cut: int) -> list[Start]:
    """Of each phase of the result along an axis, from element `cut` on."""
    stride, uncut = op.stride.get_values()[axis], op.pad.get_values()[axis] - cut
    extent, ifm = nn.shape(op.ofm)[1 + axis] + uncut, nn.shape(op.ifm)[1 + axis]
    count = -(-extent // stride)
    found: list[Start] = []
    for first in range(cut, cut + stride):
        skipped, phase = divmod(first, stride)
        before = taps - 1 - skipped
        found.append(Start(phase, before, count + skipped - ifm))
    return found


def spread(weight: np.ndarray, rows: Phases, columns: Phases) -> np.ndarray:
    """weight [M, KH, KW, C] as [M, row phases, column phases, taps, taps, C]."""
    outside = [(0, 0), (0, 1), (0, 1), (0, 0)]
    padded = np.pad(weight, outside)
    by_phase = padded[:, rows.elements][:, :, :, columns.elements]
    return by_phase.transpose(0, 1, 3, 2, 4, 5)


@dataclass(frozen=True)
class ConvolveByPhases(RewritePattern):
    """All phases in one convolution; of a depthwise one, a convolution each."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.ConvTranspose2dOp, rewriter: PatternRewriter
    ) -> None:
        if not all(isinstance(v.owner, nn.WeightOp) for v in (op.weight, op.bias)):
            return
        kernel, stride = nn.shape(op.weight)[1:3], op.stride.get_values()
        rows, columns = (
            phases(*axis)
            for axis in zip(kernel, stride, op.dilation.get_values(), strict=True)
        )
        weight = spread(self.weights[key_of(op.weight)], rows, columns)
        if op.groups.value.data == len(weight) > 1:
            new, cut = self.depthwise(op, weight)
            new += interleaved(op, new[-1].results[0], 1, cut)
        else:
            new = self.grouped(op, weight)
            new += interleaved(op, new[-1].results[0], op.groups.value.data)
        rewriter.replace(op, new)

    def grouped(self, op: nn.ConvTranspose2dOp, weight: np.ndarray) -> list[Operation]:
        """Channels [groups, row phases, column phases, channels of a group]."""
        groups = op.groups.value.data
        filters = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
        filters = filters.swapaxes(2, 3)
        bias = self.weights[key_of(op.bias)].reshape(groups, 1, 1, -1)
        biases = np.broadcast_to(bias, filters.shape[:4]).reshape(-1)
        row, column = (
            starts(op, axis, taps, 0)[0] for axis, taps in enumerate(weight.shape[3:5])
        )
        filters = filters.reshape(-1, *weight.shape[3:])
        return self.convolution(op, "phases", filters, biases, groups, row, column)

    def depthwise(
        self, op: nn.ConvTranspose2dOp, weight: np.ndarray
    ) -> tuple[list[Operation], Sequence[int]]:
        """Channels [row phases, column phases, channels], joined; and what is cut off
        of rows and columns already.
        """
        axes, cut = list[list[Start]](), list[int]()
        for axis, taps in enumerate(weight.shape[3:5]):
            cut.append(op.pad.get_values()[axis])
            axes.append(starts(op, axis, taps, cut[-1]))
            if any(min(each.before, each.after) < 0 for each in axes[-1]):
                cut[-1], axes[-1] = 0, starts(op, axis, taps, 0)
        new: list[Operation] = []
        parts: list[SSAValue] = []
        bias = self.weights[key_of(op.bias)]
        for row, column in product(*axes):
            name = f"phase{row.phase}{column.phase}"
            part = weight[:, row.phase, column.phase]
            new += self.convolution(op, name, part, bias, len(weight), row, column)
            parts.append(new[-1].results[0])
        return [*new, nn.ConcatOp(parts, 3)], cut

    def convolution(
        self,
        op: nn.ConvTranspose2dOp,
        name: str,
        weight: np.ndarray,
        bias: np.ndarray,
        groups: int,
        row: Start,
        column: Start,
    ) -> list[Operation]:
        """The convolution of one phase or more over all of the ifm that matters."""
        filters = new_weight(self.weights, f"{key_of(op.weight)}/{name}", weight)
        biases = new_weight(self.weights, f"{key_of(op.bias)}/{name}", bias)
        convolution = nn.Conv2dOp(
            op.ifm,
            filters.value,
            biases.value,
            pad=(row.before, column.before, max(row.after, 0), max(column.after, 0)),
            groups=groups,
            activation=op.activation,
        )
        return [filters, biases, convolution]


def interleaved(
    op: nn.ConvTranspose2dOp,
    made: SSAValue,
    groups: int,
    cut: Sequence[int] = (0, 0),
) -> list[Operation]:
    """The phases beside each other, and what is padding cut off, if it is not yet."""
    images, rows, columns, channels = nn.shape(made)
    down, across = op.stride.get_values()
    new: list[Operation] = []
    if (down, across) != (1, 1):
        each = channels // (groups * down * across)
        split = (images, rows, columns, groups, down * across, each)
        whole = (images, rows * down, columns * across, groups * each)
        if groups > 1:
            new.append(by_group := nn.ReshapeOp(made, split))
            new.append(by_phase := nn.TransposeOp(by_group.ofm, (0, 1, 2, 4, 3, 5)))
            made = by_phase.ofm
        lines = (images, rows, columns, down, across * groups * each)
        new.append(apart := nn.ReshapeOp(made, lines))
        new.append(moved := nn.TransposeOp(apart.ofm, (0, 1, 3, 2, 4)))
        new.append(beside := nn.ReshapeOp(moved.ofm, whole))
        made = beside.ofm
    pads = zip(op.pad.get_values()[:2], cut, strict=True)
    top, left = (pad - done for pad, done in pads)
    ofm = nn.shape(op.ofm)
    if nn.shape(made) != ofm or top or left:
        new.append(nn.SliceOp(made, (0, top, left, 0), ofm, (1, 1, 1, 1)))
    return new


@dataclass(frozen=True)
class DecomposeConvTransposePass(AipuPass):
    name = "decompose-conv-transpose"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, ConvolveByPhases(weights_of(ctx)))
