"""The gain and the offset of a normalisation, which follow it as a product and a sum.

Normalised axes are the last ones of an operator. Where a model has them elsewhere, the
tensor is transposed before and back after.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of
from ..authoring.new_weight import new_weight
from .spellings import Spellings

Norm = Callable[[SSAValue], nn.Operator]


def normalised(ifm: SSAValue, axes: Sequence[int], norm: Norm) -> list[Operation]:
    """The operators that normalise `ifm` along `axes`; the last makes the result."""
    order = axes_last(len(nn.shape(ifm)), axes)
    if order == sorted(order):
        return [norm(ifm)]
    before = nn.TransposeOp(ifm, order)
    middle = norm(before.ofm)
    return [before, middle, nn.TransposeOp(middle.ofm, np.argsort(order).tolist())]


def axes_last(rank: int, axes: Sequence[int]) -> list[int]:
    """All axes, these behind the others."""
    return [*(axis for axis in range(rank) if axis not in axes), *axes]


def along(
    constant: np.ndarray, extents: Sequence[int], axes: Sequence[int]
) -> np.ndarray | None:
    """A constant that is broadcast to `extents`, as an array along `axes` alone.

    None if it differs along others, or is broadcast by more than the extents.
    """
    rank = len(extents)
    if constant.ndim > rank:
        return None
    shaped = constant.reshape(*[1] * (rank - constant.ndim), *constant.shape)
    turned = shaped.transpose(axes_last(rank, axes))
    if any(extent != 1 for extent in turned.shape[: rank - len(axes)]):
        return None
    normal = tuple(extents[axis] for axis in axes)
    shared = turned.reshape(turned.shape[rank - len(axes) :])
    if np.broadcast_shapes(shared.shape, normal) != normal:
        return None
    return np.broadcast_to(shared, normal)


@dataclass(frozen=True)
class FoldGain(RewritePattern):
    """A gain behind a normalisation becomes its own, and so does an offset."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.MulOp | nn.AddOp, rewriter: PatternRewriter
    ) -> None:
        for value, factor in (op.operands, reversed(op.operands)):
            constant = Spellings(self.weights).constant(factor)
            if constant is not None and op.activation == nn.NO_CLAMP:
                self.fold(op, value, constant, rewriter)
                return

    def fold(
        self,
        op: nn.MulOp | nn.AddOp,
        value: SSAValue,
        constant: np.ndarray,
        rewriter: PatternRewriter,
    ) -> None:
        """Replace `op` by the normalisation that `value` is, with another constant."""
        back = value.owner if isinstance(value.owner, nn.TransposeOp) else None
        made = value if back is None else back.ifm
        norm = made.owner
        if not isinstance(norm, nn.LayerNormOp | nn.RmsNormOp):
            return
        if not (value.has_one_use() and made.has_one_use()):
            return
        rank, count = len(nn.shape(made)), len(nn.shape(norm.gain))
        last = range(rank - count, rank)
        axes = (
            [*last]
            if back is None
            else [back.permutation.get_values().index(a) for a in last]
        )
        array = along(constant, nn.shape(value), axes)
        if array is None:
            return
        new = self.with_constant(norm, op, array)
        if new:
            last_op = new[-1]
            if back is not None:
                new.append(
                    nn.TransposeOp(last_op.results[0], back.permutation.get_values())
                )
            rewriter.replace(op, new)

    def with_constant(
        self, norm: nn.LayerNormOp | nn.RmsNormOp, op: nn.Operator, array: np.ndarray
    ) -> list[Operation]:
        """A normalisation with a gain or an offset more; none if it cannot have it."""
        gain, epsilon = self.weights[key_of(norm.gain)], norm.epsilon.value.data
        offset = (
            self.weights[key_of(norm.offset)]
            if isinstance(norm, nn.LayerNormOp)
            else None
        )
        if isinstance(op, nn.MulOp):
            gain = gain * array
            offset = None if offset is None else offset * array
        elif offset is None:
            return []
        else:
            offset = offset + array
        new_gain = new_weight(self.weights, key_of(norm.gain), gain)
        if offset is None:
            return [new_gain, nn.RmsNormOp(norm.ifm, new_gain.value, epsilon)]
        new_offset = new_weight(self.weights, f"{key_of(norm.gain)}/offset", offset)
        ofm = nn.LayerNormOp(norm.ifm, new_gain.value, new_offset.value, epsilon)
        return [new_gain, new_offset, ofm]
