"""Functions of one real: a table, a line each where numpy has the function."""

from collections.abc import Callable
from math import erf, pi, sqrt

import numpy as np

from ... import nn

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
"""Which keep mean 0 and variance 1 (Klambauer et al. 2017)."""

_erf = np.frompyfunc(erf, 1, 1)


def unary(
    function: Callable[[np.ndarray], np.ndarray],
) -> Callable[[nn.UnaryOperator, np.ndarray], np.ndarray]:
    """The meaning of an operator without properties."""
    return lambda op, ifm: function(ifm)


def with_alpha(
    function: Callable[[np.ndarray, float], np.ndarray],
) -> Callable[[nn.AlphaOperator, np.ndarray], np.ndarray]:
    """The meaning of an operator with one parameter."""
    return lambda op, ifm: function(ifm, op.alpha.value.data)


def error_function(ifm: np.ndarray) -> np.ndarray:
    return np.asarray(_erf(ifm)).astype(ifm.dtype)


def sigmoid(ifm: np.ndarray) -> np.ndarray:
    # e ** -|x| never overflows, and both branches share it.
    decay = np.exp(-np.abs(ifm))
    return np.where(ifm >= 0, 1, decay) / (1 + decay)


def softplus(ifm: np.ndarray) -> np.ndarray:
    return np.maximum(ifm, 0) + np.log1p(np.exp(-np.abs(ifm)))


def gelu(ifm: np.ndarray) -> np.ndarray:
    return ifm * (1 + error_function(ifm / sqrt(2))) / 2


def gelu_tanh(ifm: np.ndarray) -> np.ndarray:
    return ifm * (1 + np.tanh(sqrt(2 / pi) * (ifm + 0.044715 * ifm**3))) / 2


def elu(ifm: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(ifm > 0, ifm, alpha * np.expm1(np.minimum(ifm, 0)))


def celu(ifm: np.ndarray, alpha: float) -> np.ndarray:
    return np.maximum(ifm, 0) + np.minimum(alpha * np.expm1(ifm / alpha), 0)


def hard_sigmoid(op: nn.HardSigmoidOp, ifm: np.ndarray) -> np.ndarray:
    return (op.alpha.value.data * ifm + op.beta.value.data).clip(0, 1)


def shrink(op: nn.ShrinkOp, ifm: np.ndarray) -> np.ndarray:
    bound, bias = op.bound.value.data, op.bias.value.data
    below = np.where(ifm < -bound, ifm + bias, 0)
    return np.where(ifm > bound, ifm - bias, below)


FUNCTIONS = {
    nn.AbsOp: unary(np.abs),
    nn.NegOp: unary(np.negative),
    nn.SignOp: unary(np.sign),
    nn.SquareOp: unary(np.square),
    nn.ReciprocalOp: unary(lambda x: 1 / x),
    nn.SqrtOp: unary(np.sqrt),
    nn.RsqrtOp: unary(lambda x: 1 / np.sqrt(x)),
    nn.ExpOp: unary(np.exp),
    nn.LogOp: unary(np.log),
    nn.SinOp: unary(np.sin),
    nn.CosOp: unary(np.cos),
    nn.FloorOp: unary(np.floor),
    nn.CeilOp: unary(np.ceil),
    nn.RoundOp: unary(np.rint),
    nn.ErfOp: unary(error_function),
    nn.TanhOp: unary(np.tanh),
    nn.SigmoidOp: unary(sigmoid),
    nn.SiluOp: unary(lambda x: x * sigmoid(x)),
    nn.GeluOp: unary(gelu),
    nn.GeluTanhOp: unary(gelu_tanh),
    nn.SoftplusOp: unary(softplus),
    nn.SoftsignOp: unary(lambda x: x / (1 + np.abs(x))),
    nn.MishOp: unary(lambda x: x * np.tanh(softplus(x))),
    nn.SeluOp: unary(lambda x: SELU_SCALE * elu(x, SELU_ALPHA)),
    nn.HardSwishOp: unary(lambda x: x * (x + 3).clip(0, 6) / 6),
    nn.LeakyReluOp: with_alpha(lambda x, alpha: np.where(x > 0, x, alpha * x)),
    nn.EluOp: with_alpha(elu),
    nn.CeluOp: with_alpha(celu),
    nn.ThresholdedReluOp: with_alpha(lambda x, alpha: np.where(x > alpha, x, 0)),
    nn.HardSigmoidOp: hard_sigmoid,
    nn.ShrinkOp: shrink,
}
