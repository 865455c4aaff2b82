"""Masked scores: what a softmax cannot tell from minus infinity says nothing of ranges.

Attention hides positions by adding -1e4, -1e9, the lowest float or minus infinity to
their scores. A power of e so far below the greatest of its row is 0, in integers even
at `REACH` below it: there the integer softmax has nothing left in its table.
"""

from math import log
from typing import NamedTuple

import numpy as np
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ....dialects import nn
from ...authoring.operators import operators
from ...authoring.ranges import LARGEST_REAL
from ...machine_forms.tables import LARGEST_POWER

REACH = log(2 * LARGEST_POWER)
"""So far below the greatest, a power is half a step of the table of powers."""

HIDDEN = -5e3
"""A row that has nothing above is masked as a whole. A mask is -1e4 at least."""

HIDING = (nn.AddOp, nn.SubOp, nn.SelectOp, nn.MinimumOp)
"""What puts a mask on scores."""

HANDING_ON = (nn.MulOp, nn.DivOp, nn.ReshapeOp, nn.SliceOp, nn.TransposeOp)
"""What may come between a mask and a softmax: a hidden score stays hidden in it."""


class Masks:
    """Which tensors of a function are scores or masks, and what counts of them."""

    def __init__(self, function: FuncOp):
        self.scores: set[SSAValue] = set()
        """What nothing but softmaxes reads."""
        made = [op.ofm for op in reversed(operators(function.body.block))]
        for value in (*made, *function.args):
            if self.is_score(value):
                self.scores.add(value)

    def is_score(self, value: SSAValue) -> bool:
        """Whether all that reads a value are softmaxes, or what hands it on to them."""
        readers = [use.operation for use in value.uses]
        return bool(readers) and all(
            isinstance(reader, nn.SoftmaxOp)
            or (isinstance(reader, HIDING + HANDING_ON) and reader.ofm in self.scores)
            for reader in readers
        )

    def what_counts(self, value: SSAValue, values: np.ndarray) -> np.ndarray:
        """The values of a tensor that its readers can tell apart, and finite ones.

        Of masked scores that softmaxes read, each row is cut off `REACH` below its
        greatest, and a row that is masked as a whole is left out.
        """
        if value not in self.scores:
            return values
        finite = np.clip(values, -LARGEST_REAL, LARGEST_REAL)
        rows = self.masked_rows(value, finite)
        if rows is None:
            return finite
        cut = np.maximum(finite, rows.floor)
        visible = np.broadcast_to(rows.visible, cut.shape)
        return cut[visible] if visible.any() else cut

    def masked_rows(self, value: SSAValue, values: np.ndarray) -> "MaskedRows | None":
        """What softmaxes tell apart in each row of masked scores; None of others."""
        axis = softmax_axis(value) if value in self.scores else None
        if axis is None or not is_masked(value):
            return None
        greatest = values.max(axis, keepdims=True)
        return MaskedRows(greatest - REACH, greatest > HIDDEN)


class MaskedRows(NamedTuple):
    """Rows of masked scores, with an extent of 1 along the axis of their softmax.

    floor: below which no score counts.
    visible: whether the row is not masked as a whole.
    """

    floor: np.ndarray
    visible: np.ndarray


def softmax_axis(value: SSAValue) -> int | None:
    """Along which axis softmaxes read a value; None if others read it, or several."""
    axes: set[int] = set()
    for use in value.uses:
        if not isinstance(use.operation, nn.SoftmaxOp):
            return None
        axes.add(use.operation.axis.value.data)
    return axes.pop() if len(axes) == 1 else None


def is_masked(value: SSAValue) -> bool:
    """Whether scores come from what puts a mask on them."""
    maker = value.owner
    while isinstance(maker, HANDING_ON):
        maker = maker.operands[0].owner
    return isinstance(maker, HIDING)
