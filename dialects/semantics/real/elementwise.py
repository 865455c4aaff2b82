"""Functions of one real, or of two."""

from collections.abc import Callable

import numpy as np

from ... import nn


def clamped(values: np.ndarray, clamp: nn.Clamp) -> np.ndarray:
    """`min(max(values, low), high)`."""
    return values if clamp == nn.Clamp() else values.clip(clamp.low, clamp.high)


def unary(
    function: Callable[[np.ndarray], np.ndarray],
) -> Callable[[nn.UnaryOperator, np.ndarray], np.ndarray]:
    """The meaning of an operator without properties."""
    return lambda op, ifm: function(ifm)


def binary(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Callable[[nn.BinaryOperator, np.ndarray, np.ndarray], np.ndarray]:
    """The meaning of an operator on two tensors, broadcast, with an activation."""
    return lambda op, lhs, rhs: clamped(function(lhs, rhs), op.activation.data)


def clamp(op: nn.ClampOp, ifm: np.ndarray) -> np.ndarray:
    return clamped(ifm, op.bounds.data)


def sigmoid(ifm: np.ndarray) -> np.ndarray:
    # e ** -|x| never overflows, and both branches share it.
    decay = np.exp(-np.abs(ifm))
    return np.where(ifm >= 0, 1, decay) / (1 + decay)


def hard_swish(ifm: np.ndarray) -> np.ndarray:
    return ifm * (ifm + 3).clip(0, 6) / 6


def hard_sigmoid(op: nn.HardSigmoidOp, ifm: np.ndarray) -> np.ndarray:
    return (op.alpha.value.data * ifm + op.beta.value.data).clip(0, 1)


def leaky_relu(op: nn.LeakyReluOp, ifm: np.ndarray) -> np.ndarray:
    return np.where(ifm > 0, ifm, op.alpha.value.data * ifm)


FUNCTIONS = {
    nn.AddOp: binary(np.add),
    nn.SubOp: binary(np.subtract),
    nn.MulOp: binary(np.multiply),
    nn.DivOp: binary(np.divide),
    nn.MinimumOp: binary(np.minimum),
    nn.MaximumOp: binary(np.maximum),
    nn.PowOp: binary(np.power),
    nn.ClampOp: clamp,
    nn.AbsOp: unary(np.abs),
    nn.NegOp: unary(np.negative),
    nn.ExpOp: unary(np.exp),
    nn.LogOp: unary(np.log),
    nn.SqrtOp: unary(np.sqrt),
    nn.SigmoidOp: unary(sigmoid),
    nn.TanhOp: unary(np.tanh),
    nn.HardSwishOp: unary(hard_swish),
    nn.HardSigmoidOp: hard_sigmoid,
    nn.LeakyReluOp: leaky_relu,
}
