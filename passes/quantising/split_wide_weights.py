"""Say weights that need more than int8 as sums of two that fit.

                                  %2 = nn.reshape %0      [N, H, 1, W, C]
%1 = nn.conv2d %0, %w, %b   ==>   %3 = nn.concat %2, %2   [N, H, 2, W, C]
                                  %4 = nn.reshape %3      [N, 2 H, W, C]
                                  %1 = nn.conv2d %4, %w2, %b stride [2, 1]

A model with unsigned weights and a zero point has integers from -255 to 255. With every
row of the ifm and of the kernel twice, one holds what int8 can, the other the rest: the
products, and so the sums, stay exact, and depthwise convolutions depthwise.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.locations import named, place, source_name
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ..authoring.constants import key_of, scale_of
from ..authoring.context import weights_of
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .arithmetic.wide_weights import WIDEST, halves, is_wide, spread_rows


@dataclass(frozen=True)
class SplitWeight(RewritePattern):
    """What convolutions and fully connected layers share."""

    weights: WeightStore

    def split(self, op: nn.WeightedSums) -> np.ndarray | None:
        """Both parts of a weight [2, M, ...] as reals; None if one is enough.

        Raises:
            AipuError: two are not enough.
        """
        scale = scale_of(op.weight, self.weights)
        if scale is None:
            return None
        reals = self.weights[key_of(op.weight)]
        columns = scale.astype(np.float64).reshape(-1, *[1] * (reals.ndim - 1))
        integers = np.rint(reals / columns)
        if not is_wide(integers):
            return None
        if integers.min() < WIDEST[0] or integers.max() > WIDEST[1]:
            raise AipuError(
                f"the integers of its weight must lie in {list(WIDEST)}, found "
                f"{integers.min():.0f} to {integers.max():.0f}",
                place=place(op),
                remedy="does the scale of the model belong to this weight?",
            )
        return halves(integers) * columns

    def new_weight(self, op: nn.WeightedSums, array: np.ndarray) -> nn.WeightOp:
        """A weight in place of that of `op`, of the same scale."""
        old = op.weight.owner
        assert isinstance(old, nn.WeightOp) and old.scale is not None
        key = self.weights.add(f"{old.key.data}/split", array.astype(np.float32))
        return nn.WeightOp(key, TensorType(f32, array.shape), old.scale.data)


class SplitRows(SplitWeight):
    """A convolution over a feature map with every row twice."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Conv2dOp, rewriter: PatternRewriter) -> None:
        parts = self.split(op)
        if parts is None:
            return
        rows, columns = op.dilation.get_values()
        weight = self.new_weight(op, spread_rows(parts, rows))
        images, height, width, channels = nn.shape(op.ifm)
        single = nn.ReshapeOp(op.ifm, (images, height, 1, width, channels))
        double = nn.ConcatOp([single.ofm, single.ofm], 2)
        ifm = nn.ReshapeOp(double.ofm, (images, 2 * height, width, channels))
        stride, (top, left, bottom, right) = op.stride.get_values(), op.pad.get_values()
        convolution = nn.Conv2dOp(
            ifm.ofm,
            weight.value,
            op.bias,
            stride=(2 * stride[0], stride[1]),
            pad=(2 * top, left, 2 * bottom, right),
            dilation=(1, columns),
            groups=op.groups.value.data,
            activation=op.activation,
        )
        twice(op, single, double, ifm)
        rewriter.replace(op, [single, double, ifm, weight, convolution])


class SplitFeatures(SplitWeight):
    """A fully connected layer over all features twice."""

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.FullyConnectedOp, rewriter: PatternRewriter
    ) -> None:
        parts = self.split(op)
        if parts is None:
            return
        weight = self.new_weight(op, np.concatenate(list(parts), axis=1))
        double = nn.ConcatOp([op.ifm, op.ifm], 1)
        layer = nn.FullyConnectedOp(
            double.ofm, weight.value, op.bias, activation=op.activation
        )
        twice(op, double)
        rewriter.replace(op, [double, weight, layer])


def twice(op: nn.Operator, *doubling: nn.Operator) -> None:
    """Leave the name of `op` to what has its result."""
    for each in doubling:
        each.location = named(f"{source_name(op)}/twice")


@dataclass(frozen=True)
class SplitWideWeightsPass(AipuPass):
    """The integers of every weight fit in int8."""

    name = "split-wide-weights"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        weights = weights_of(ctx)
        rewrite(op, SplitRows(weights), SplitFeatures(weights))
