"""Quantised operators that treat every element alike."""

import numpy as np

from ... import nn
from ...quant import uniform
from .narrowing import centred, multipliers, narrow


def add(op: nn.AddOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    return scaled_sum(op, lhs, rhs, 1)


def sub(op: nn.SubOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    return scaled_sum(op, lhs, rhs, -1)


def scaled_sum(
    op: nn.BinaryOperator, lhs: np.ndarray, rhs: np.ndarray, sign: int
) -> np.ndarray:
    """Both sides brought to one scale by their multipliers, then added."""
    (outer, left, right), shift = multipliers(op, op.rescale)
    total = centred(lhs, op.lhs) * left + centred(rhs, op.rhs) * (sign * right)
    return narrow(op, total, outer, shift, op.activation.data)


def mul(op: nn.MulOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    (multiplier,), shift = multipliers(op, op.rescale)
    product = centred(lhs, op.lhs) * centred(rhs, op.rhs)
    return narrow(op, product, multiplier, shift, op.activation.data)


def maximum(op: nn.MaximumOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """Of one type, all three."""
    return np.clip(np.maximum(lhs, rhs), *op.activation.data.stored(uniform(op.ofm)))


def minimum(op: nn.MinimumOp, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """Of one type, all three."""
    return np.clip(np.minimum(lhs, rhs), *op.activation.data.stored(uniform(op.ofm)))


def clamp(op: nn.ClampOp, ifm: np.ndarray) -> np.ndarray:
    """Within one type: the scale does not change."""
    low, high = op.bounds.data.stored(uniform(op.ofm))
    return np.clip(ifm, low, high)


FUNCTIONS = {
    nn.AddOp: add,
    nn.SubOp: sub,
    nn.MulOp: mul,
    nn.MaximumOp: maximum,
    nn.MinimumOp: minimum,
    nn.ClampOp: clamp,
}
