"""Functions of every element, against Python's own arithmetic on one at a time."""

import math
from functools import partial

import numpy as np
import pytest

from aipu.dialects import nn

UNARY = {
    nn.AbsOp: abs,
    nn.NegOp: lambda x: -x,
    nn.ExpOp: math.exp,
    nn.SigmoidOp: lambda x: 1 / (1 + math.exp(-x)),
    nn.TanhOp: math.tanh,
    nn.HardSwishOp: lambda x: x * min(max(x + 3, 0), 6) / 6,
    partial(nn.ClampOp, low=-1.5, high=2.0): lambda x: min(max(x, -1.5), 2.0),
    partial(nn.ClampOp, low=0.0, high=math.inf): lambda x: max(x, 0.0),
    partial(nn.HardSigmoidOp, alpha=0.3, beta=0.4): lambda x: min(
        max(0.3 * x + 0.4, 0), 1
    ),
    partial(nn.LeakyReluOp, alpha=0.1): lambda x: x if x > 0 else 0.1 * x,
}

OF_POSITIVES = {nn.LogOp: math.log, nn.SqrtOp: math.sqrt}

BINARY = {
    nn.AddOp: lambda x, y: x + y,
    nn.SubOp: lambda x, y: x - y,
    nn.MulOp: lambda x, y: x * y,
    nn.DivOp: lambda x, y: x / y,
    nn.MinimumOp: min,
    nn.MaximumOp: max,
}


def name(value: object) -> str:
    operator = value.func if isinstance(value, partial) else value
    return getattr(operator, "name", "")


@pytest.mark.parametrize("make, function", UNARY.items(), ids=name)
def test_unary(run, generator, make, function):
    ifm = generator.uniform(-8, 8, (4, 25))
    expected = [[function(x) for x in row] for row in ifm.tolist()]
    assert np.allclose(run(make, ifm), expected, rtol=1e-12)


@pytest.mark.parametrize("make, function", OF_POSITIVES.items(), ids=name)
def test_unary_of_positive_reals(run, generator, make, function):
    ifm = generator.uniform(0.01, 9, (4, 25))
    expected = [[function(x) for x in row] for row in ifm.tolist()]
    assert np.allclose(run(make, ifm), expected, rtol=1e-12)


@pytest.mark.parametrize("make, function", BINARY.items(), ids=name)
def test_binary(run, generator, make, function):
    lhs, rhs = generator.normal(size=(2, 3, 4)), generator.normal(size=(3, 1))
    ofm = run(make, lhs, rhs)
    for n, y, x in np.ndindex(2, 3, 4):
        assert np.isclose(ofm[n, y, x], function(lhs[n, y, x], rhs[y, 0]), rtol=1e-12)


def test_pow(run, generator):
    lhs, rhs = generator.uniform(0.1, 4, (5,)), generator.uniform(-2, 2, (5,))
    expected = [x**y for x, y in zip(lhs.tolist(), rhs.tolist(), strict=True)]
    assert np.allclose(run(nn.PowOp, lhs, rhs), expected, rtol=1e-12)


def test_binary_clamps_its_result(run):
    lhs, rhs = np.array([-1.0, 2.0, 5.0]), np.array([0.5, 0.5, 5.0])
    clamp = nn.ClampAttr(nn.Clamp(0.0, 6.0))
    ofm = run(lambda *operands: nn.AddOp(*operands, activation=clamp), lhs, rhs)
    assert ofm.tolist() == [0.0, 2.5, 6.0]


def test_sigmoid_of_large_reals_is_exact(run):
    ifm = np.array([-1000.0, -750.0, 0.0, 750.0, 1000.0])
    assert run(nn.SigmoidOp, ifm).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_float32_stays_float32(run):
    ifm = np.array([-1.0, 0.5, 7.0], np.float32)
    for make in UNARY:
        assert run(make, ifm).dtype == np.float32
