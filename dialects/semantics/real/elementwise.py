"""Functions of two reals or more; and the clamp."""

from collections.abc import Callable

import numpy as np

from ... import nn


def clamped(values: np.ndarray, clamp: nn.Clamp) -> np.ndarray:
    """`min(max(values, low), high)`."""
    return values if clamp == nn.Clamp() else values.clip(clamp.low, clamp.high)


def binary(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Callable[[nn.BinaryOperator, np.ndarray, np.ndarray], np.ndarray]:
    """The meaning of an operator on two tensors, broadcast, with an activation."""
    return lambda op, lhs, rhs: clamped(function(lhs, rhs), op.activation.data)


def clamp(op: nn.ClampOp, ifm: np.ndarray) -> np.ndarray:
    return clamped(ifm, op.bounds.data)


def comparison(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Callable[[nn.BinaryOperator, np.ndarray, np.ndarray], np.ndarray]:
    """The meaning of an operator whose result is 1 where something holds, else 0."""
    return binary(lambda lhs, rhs: function(lhs, rhs).astype(lhs.dtype))


def select(
    op: nn.SelectOp, condition: np.ndarray, lhs: np.ndarray, rhs: np.ndarray
) -> np.ndarray:
    return np.where(condition != 0, lhs, rhs)


def prelu(op: nn.PReluOp, ifm: np.ndarray, slope: np.ndarray) -> np.ndarray:
    return np.where(ifm > 0, ifm, slope * ifm)


FUNCTIONS = {
    nn.AddOp: binary(np.add),
    nn.SubOp: binary(np.subtract),
    nn.MulOp: binary(np.multiply),
    nn.DivOp: binary(np.divide),
    nn.MinimumOp: binary(np.minimum),
    nn.MaximumOp: binary(np.maximum),
    nn.PowOp: binary(np.power),
    nn.EqualOp: comparison(np.equal),
    nn.LessOp: comparison(np.less),
    nn.LessOrEqualOp: comparison(np.less_equal),
    nn.SelectOp: select,
    nn.PReluOp: prelu,
    nn.ClampOp: clamp,
}
