"""Elementwise operators against fractions, on every pair of extreme values."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate_operator

INT8 = st.integers(-128, 127)
MULTIPLIER = st.integers(0, 32767)


def int8(values) -> np.ndarray:
    return np.array(values, np.int8)


def rescale(shift, *multipliers):
    return nn.RescaleAttr(nn.Rescale(multipliers, shift))


def saturated(scaled, zero_point):
    return min(max(round(scaled) + zero_point, -128), 127)


EXACTLY = {
    nn.AddOp: lambda a, b, outer, left, right: (a * left + b * right) * outer,
    nn.SubOp: lambda a, b, outer, left, right: (a * left - b * right) * outer,
    nn.MulOp: lambda a, b, outer: a * b * outer,
}


@pytest.mark.parametrize("operator", EXACTLY)
@settings(max_examples=100)
@given(st.data())
def test_binary_is_its_definition(feature_map, operator, data):
    count = 1 if operator is nn.MulOp else 3
    multipliers = [data.draw(MULTIPLIER) for _ in range(count)]
    shift = data.draw(st.integers(0, 31))
    lhs_zero, rhs_zero, ofm_zero, lhs, rhs = [data.draw(INT8) for _ in range(5)]
    op = operator(
        feature_map((1,), lhs_zero),
        feature_map((1,), rhs_zero),
        rescale=rescale(shift, *multipliers),
        element=UniformType(1.0, ofm_zero),
    )
    exact = EXACTLY[operator](lhs - lhs_zero, rhs - rhs_zero, *multipliers)
    result = evaluate_operator(op, [int8([lhs]), int8([rhs])])
    assert result.dtype == np.int8
    assert result == saturated(Fraction(exact, 1 << shift), ofm_zero)


@pytest.mark.parametrize("sign", [-128, 127])
def test_the_largest_sum_does_not_wrap(feature_map, sign):
    zero_point = -1 - sign
    op = nn.AddOp(
        feature_map((1,), zero_point),
        feature_map((1,), zero_point),
        rescale=rescale(31, 20000, 32767, 32767),
        element=UniformType(1.0, 0),
    )
    exact = 2 * (sign - zero_point) * 32767 * 20000
    result = evaluate_operator(op, [int8([sign])] * 2)
    assert result == saturated(Fraction(exact, 1 << 31), 0)


def test_add_clamps_in_reals_of_the_result(feature_map):
    op = nn.AddOp(
        feature_map((4,), 0),
        feature_map((4,), 0),
        rescale=rescale(0, 1, 1, 1),
        activation=nn.ClampAttr(nn.Clamp(0.0, 6.0)),
        element=UniformType(0.25, -100),
    )
    lhs = int8([-50, 3, 10, 100])
    result = evaluate_operator(op, [lhs, int8([0, 0, 0, 0])])
    assert result.tolist() == [-100, -97, -90, -76]


def test_operands_broadcast(feature_map):
    op = nn.MulOp(
        feature_map((2, 3), 1),
        feature_map((3,), 0),
        rescale=rescale(0, 1),
        element=UniformType(1.0, 0),
    )
    result = evaluate_operator(op, [int8([[1, 2, 3], [4, 5, 6]]), int8([1, 2, 3])])
    assert result.tolist() == [[0, 2, 6], [3, 8, 15]]


def test_clamp_stays_in_its_scale(feature_map):
    op = nn.ClampOp(feature_map((256,), -3, 0.5), -1.0, 6.0)
    everything = np.arange(-128, 128).astype(np.int8)
    result = evaluate_operator(op, [everything])
    assert result.tolist() == [min(max(v, -5), 9) for v in range(-128, 128)]
