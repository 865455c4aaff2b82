"""Functions of one real, against Python's own arithmetic on one at a time."""

import math
from functools import partial

import numpy as np
import pytest

from aipu.dialects import nn


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def softplus(x: float) -> float:
    return math.log(1 + math.exp(x))


def elu(x: float, alpha: float) -> float:
    return x if x > 0 else alpha * (math.exp(x) - 1)


def shrunk(x: float) -> float:
    return x - 0.25 if x > 1.5 else x + 0.25 if x < -1.5 else 0.0


UNARY = {
    nn.AbsOp: abs,
    nn.NegOp: lambda x: -x,
    nn.SignOp: lambda x: math.copysign(1, x),
    nn.SquareOp: lambda x: x * x,
    nn.ReciprocalOp: lambda x: 1 / x,
    nn.ExpOp: math.exp,
    nn.SinOp: math.sin,
    nn.CosOp: math.cos,
    nn.FloorOp: math.floor,
    nn.CeilOp: math.ceil,
    nn.RoundOp: round,
    nn.ErfOp: math.erf,
    nn.TanhOp: math.tanh,
    nn.SigmoidOp: sigmoid,
    nn.SiluOp: lambda x: x * sigmoid(x),
    nn.GeluOp: lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2)),
    nn.GeluTanhOp: lambda x: (
        x * sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    ),
    nn.SoftplusOp: softplus,
    nn.SoftsignOp: lambda x: x / (1 + abs(x)),
    nn.MishOp: lambda x: x * math.tanh(softplus(x)),
    nn.SeluOp: lambda x: 1.0507009873554805 * elu(x, 1.6732632423543772),
    nn.HardSwishOp: lambda x: x * min(max(x + 3, 0), 6) / 6,
    partial(nn.HardSigmoidOp, alpha=0.3, beta=0.4): lambda x: min(
        max(0.3 * x + 0.4, 0), 1
    ),
    partial(nn.LeakyReluOp, alpha=0.1): lambda x: x if x > 0 else 0.1 * x,
    partial(nn.EluOp, alpha=0.7): lambda x: elu(x, 0.7),
    partial(nn.CeluOp, alpha=0.7): lambda x: (
        x if x > 0 else 0.7 * (math.exp(x / 0.7) - 1)
    ),
    partial(nn.ThresholdedReluOp, alpha=0.7): lambda x: x if x > 0.7 else 0.0,
    partial(nn.ShrinkOp, bound=1.5, bias=0.25): shrunk,
}

OF_POSITIVES = {
    nn.LogOp: math.log,
    nn.SqrtOp: math.sqrt,
    nn.RsqrtOp: lambda x: 1 / math.sqrt(x),
}


def test_every_function_of_one_element_is_held_to_another() -> None:
    held = {each.func if isinstance(each, partial) else each for each in UNARY}
    assert {*held, *OF_POSITIVES} == {
        each
        for each in nn.Nn.operations
        if issubclass(each, nn.UnaryOperator) and each is not nn.CompositeOp
    }  # which tests/passes/quantising/test_fuse_elementwise.py holds


def name(value: object) -> str:
    operator = value.func if isinstance(value, partial) else value
    return getattr(operator, "name", "")


@pytest.mark.parametrize("make, function", UNARY.items(), ids=name)
def test_unary(run, generator, make, function):
    ifm = generator.uniform(-8, 8, (4, 25))
    expected = [[function(x) for x in row] for row in ifm.tolist()]
    assert np.allclose(run(make, ifm), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("make, function", OF_POSITIVES.items(), ids=name)
def test_unary_of_positive_reals(run, generator, make, function):
    ifm = generator.uniform(0.01, 9, (4, 25))
    expected = [[function(x) for x in row] for row in ifm.tolist()]
    assert np.allclose(run(make, ifm), expected, rtol=1e-12)


def test_half_is_rounded_to_even(run):
    ifm = np.array([-1.5, -0.5, 0.5, 1.5, 2.5])
    assert run(nn.RoundOp, ifm).tolist() == [-2.0, 0.0, 0.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "operator, limits",
    [
        (nn.SigmoidOp, (0.0, 1.0)),
        (nn.SoftplusOp, (0.0, 1000.0)),
        (nn.MishOp, (0.0, 1000.0)),
        (nn.GeluOp, (0.0, 1000.0)),
        (nn.SiluOp, (0.0, 1000.0)),
    ],
)
def test_nothing_overflows(run, operator, limits):
    ifm = np.array([-1000.0, 1000.0])
    assert tuple(run(operator, ifm)) == limits


@pytest.mark.parametrize("operator", UNARY, ids=name)
def test_float32_stays_float32(run, operator):
    assert run(operator, np.array([0.5, -0.5], np.float32)).dtype == np.float32
