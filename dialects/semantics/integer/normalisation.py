"""Quantised operators that scale elements by a statistic."""

import numpy as np

from ....errors import AipuError
from ... import nn
from ...quant import uniform

PARTS = 256
"""How finely the reciprocal of the scale is known."""


def softmax(
    op: nn.SoftmaxOp, ifm: np.ndarray, table: np.ndarray | None = None
) -> np.ndarray:
    """In float64: quotients below 256 of integers below 2**45 round exactly."""
    if table is None:
        raise AipuError(f"{op.name} on integers needs a table")
    element, axis = uniform(op.ofm), op.axis.value.data
    below = ifm.astype(np.int32) - ifm.max(axis, keepdims=True)
    powers = table.astype(np.int64)[255 + below]
    total = powers.sum(axis, keepdims=True)
    steps = np.rint(powers * round(PARTS / element.scale) / (PARTS * total))
    return np.clip(steps + element.zero_point, *element.limits).astype(np.int8)


FUNCTIONS = {nn.SoftmaxOp: softmax}
