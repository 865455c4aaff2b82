"""Functions of two reals or more, against Python's own arithmetic."""

from functools import partial

import numpy as np
import pytest

from aipu.dialects import nn

BINARY = {
    nn.AddOp: lambda x, y: x + y,
    nn.SubOp: lambda x, y: x - y,
    nn.MulOp: lambda x, y: x * y,
    nn.DivOp: lambda x, y: x / y,
    nn.MinimumOp: min,
    nn.MaximumOp: max,
}

COMPARISONS = {
    nn.EqualOp: lambda x, y: x == y,
    nn.LessOp: lambda x, y: x < y,
    nn.LessOrEqualOp: lambda x, y: x <= y,
}


def name(value: object) -> str:
    return getattr(value, "name", "")


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


@pytest.mark.parametrize("make, function", COMPARISONS.items(), ids=name)
def test_comparison(run, make, function):
    lhs, rhs = np.array([1.0, 2.0, 3.0]), np.array([2.0])
    expected = [1.0 if function(x, 2.0) else 0.0 for x in lhs.tolist()]
    assert run(make, lhs, rhs).tolist() == expected


def test_select_keeps_what_is_not_a_number_out(run):
    condition = np.array([1.0, 0.0, 1.0])
    ofm = run(nn.SelectOp, condition, np.array([5.0, np.nan, -np.inf]), np.array([7.0]))
    assert ofm.tolist() == [5.0, 7.0, -np.inf]


def test_prelu_has_a_slope_a_channel(run):
    ifm, slope = np.array([[-2.0, -2.0, 3.0]]), np.array([0.5, 0.0, 9.0])
    assert run(nn.PReluOp, ifm, slope).tolist() == [[-1.0, 0.0, 3.0]]


def test_clamp(run, generator):
    ifm = generator.uniform(-8, 8, (4, 25))
    ofm = run(partial(nn.ClampOp, low=-1.5, high=2.0), ifm)
    assert ofm.tolist() == [[min(max(x, -1.5), 2.0) for x in row] for row in ifm]
