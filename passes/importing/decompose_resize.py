"""Write a resize as what the machine has, rows first, then columns.

    %1 = nn.resize %0 to [8, 4] step [0.5, 1.0] offset [0.0, 0.0] by "floor"
==>
    %c = nn.concat %r, %r axis 2      each row twice, where %r and %1 are reshapes

What repeats every row alike is a concat, what leaves out rows alike a slice. All else
is a matrix that makes rows out of rows: a convolution, with the rows as its channels.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

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
from ...dialects.locations import source_name
from ...dialects.semantics.real.resampling import interpolated, nearest, positions
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite

LAST = {1: (0, 2, 3, 1), 2: (0, 1, 3, 2)}
BACK = {1: (0, 3, 1, 2), 2: (0, 1, 3, 2)}
"""How an axis becomes the last one, and how it comes back."""


@dataclass(frozen=True)
class ResizeByAxis(RewritePattern):
    """Each axis by itself, by the cheapest of the three ways."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.ResizeOp, rewriter: PatternRewriter) -> None:
        new: list[Operation] = []
        value: SSAValue = op.ifm
        for axis in (1, 2):
            matrix = resize_matrix(op, axis)
            new += self.resized(value, axis, matrix, source_name(op))
            value = new[-1].results[0] if new else value
        if new:
            rewriter.replace(op, new)
        else:
            rewriter.replace(op, [], [value])

    def resized(
        self, value: SSAValue, axis: int, matrix: np.ndarray, name: str
    ) -> list[Operation]:
        """One axis of an NHWC map, multiplied with a matrix [after, before]."""
        after, before = matrix.shape
        sources = matrix.argmax(axis=1)
        if not np.array_equal(np.eye(before, dtype=matrix.dtype)[sources], matrix):
            return self.multiplied(value, axis, matrix, name)
        if np.array_equal(sources, np.arange(before)):
            return []
        times = after // before
        if times and np.array_equal(sources, np.repeat(np.arange(before), times)):
            return repeated(value, axis, times)
        steps = set(np.diff(sources).tolist()) or {1}
        if len(steps) == 1 and min(steps) > 0:
            return [sliced(value, axis, int(sources[0]), after, steps.pop())]
        return self.multiplied(value, axis, matrix, name)

    def multiplied(
        self, value: SSAValue, axis: int, matrix: np.ndarray, name: str
    ) -> list[Operation]:
        """By a convolution of one element, the axis in the place of the channels."""
        after, before = matrix.shape
        last = nn.TransposeOp(value, LAST[axis])
        *extents, _ = nn.shape(last.ofm)
        lines = nn.ReshapeOp(last.ofm, (1, prod(extents), 1, before))
        key = f"{name}/{'rows' if axis == 1 else 'columns'}"
        weight = new_weight(self.weights, key, matrix.reshape(after, 1, 1, before))
        bias = new_weight(self.weights, f"{key}/bias", np.zeros(after))
        product = nn.Conv2dOp(lines.ofm, weight.value, bias.value)
        apart = nn.ReshapeOp(product.ofm, (*extents, after))
        back = nn.TransposeOp(apart.ofm, BACK[axis])
        return [last, lines, weight, bias, product, apart, back]


def resize_matrix(op: nn.ResizeOp, axis: int) -> np.ndarray:
    """What resizes one axis: a row for each element after, a column for each before."""
    extent, at = nn.shape(op.ifm)[axis], axis - 1
    places = positions(
        op.size.get_values()[at],
        op.step.get_values()[at],
        op.offset.get_values()[at],
        extent,
    )
    every = np.eye(extent)
    if op.method.data == "linear":
        return interpolated(every, places, 0)
    return every[nearest(places, op.method.data, extent)]


def repeated(value: SSAValue, axis: int, times: int) -> list[Operation]:
    """Every row, or every column, several times."""
    images, rows, columns, channels = nn.shape(value)
    if axis == 1:
        lines = (images, rows, 1, columns * channels)
        whole = (images, rows * times, columns, channels)
    else:
        lines = (images * rows, columns, 1, channels)
        whole = (images, rows, columns * times, channels)
    apart = nn.ReshapeOp(value, lines)
    together = nn.ConcatOp([apart.ofm] * times, 2)
    return [apart, together, nn.ReshapeOp(together.ofm, whole)]


def sliced(value: SSAValue, axis: int, start: int, size: int, step: int) -> nn.SliceOp:
    """Some rows, or columns, in equal steps."""
    starts, sizes, steps = [0] * 4, list(nn.shape(value)), [1] * 4
    starts[axis], sizes[axis], steps[axis] = start, size, step
    return nn.SliceOp(value, starts, sizes, steps)


@dataclass(frozen=True)
class DecomposeResizePass(AipuPass):
    name = "decompose-resize"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, ResizeByAxis(weights_of(ctx)))
