"""Quantise, requantise and lookup, value by value."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xdsl.dialects.builtin import f32, i8

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate_operator
from aipu.dialects.semantics.uniform import to_reals, to_stored
from aipu.errors import AipuError

ALL_INT8 = np.arange(-128, 128).astype(np.int8)


def int8(values) -> np.ndarray:
    return np.array(values, np.int8)


def float32(values) -> np.ndarray:
    return np.array(values, np.float32)


@given(
    st.floats(-1e6, 1e6, width=32),
    st.sampled_from([0.5, 0.25, 3.0, 1e-3]),
    st.integers(-128, 127),
)
def test_quantise_rounds_and_saturates(tensor, value, scale, zero_point):
    op = nn.QuantiseOp(tensor((1,), f32), UniformType(scale, zero_point))
    result = evaluate_operator(op, [float32([value])])
    expected = min(max(round(value / scale) + zero_point, -128), 127)
    assert result.dtype == np.int8
    assert result == expected


def test_quantise_saturates_infinities(tensor):
    op = nn.QuantiseOp(tensor((2,), f32), UniformType(1.0, 0))
    result = evaluate_operator(op, [float32([-np.inf, np.inf])])
    assert result.tolist() == [-128, 127]


def test_quantise_refuses_nan(tensor):
    op = nn.QuantiseOp(tensor((1,), f32), UniformType(1.0, 0))
    with pytest.raises(AipuError, match="NaN"):
        evaluate_operator(op, [float32([np.nan])])


@given(st.floats(1e-6, 1e3), st.integers(-128, 127))
def test_stored_integers_survive_the_way_to_reals_and_back(scale, zero_point):
    element = UniformType(scale, zero_point)
    assert np.array_equal(to_stored(to_reals(ALL_INT8, element), element), ALL_INT8)


@given(
    st.integers(-128, 127),
    st.integers(-128, 127),
    st.integers(0, 32767),
    st.integers(0, 31),
)
def test_requantise_is_its_definition(
    feature_map, ifm_zero, ofm_zero, multiplier, shift
):
    op = nn.RequantiseOp(
        feature_map((256,), ifm_zero),
        UniformType(1.0, ofm_zero),
        nn.RescaleAttr(nn.Rescale((multiplier,), shift)),
        nn.ClampAttr(nn.Clamp(-20.0, 50.0)),
    )
    low, high = max(ofm_zero - 20, -128), min(ofm_zero + 50, 127)
    factor = Fraction(multiplier, 1 << shift)
    expected = [
        min(max(round((v - ifm_zero) * factor) + ofm_zero, low), high)
        for v in range(-128, 128)
    ]
    assert evaluate_operator(op, [ALL_INT8]).tolist() == expected


def test_lookup_reads_its_table_from_minus_128(tensor, feature_map):
    table = np.random.default_rng(0).integers(-128, 128, 256, np.int8)
    op = nn.LookupOp(feature_map((2, 256), 5), tensor((256,), i8), UniformType(1.0, 0))
    ifm = np.stack([ALL_INT8, ALL_INT8[::-1]])
    result = evaluate_operator(op, [ifm, table])
    assert result.tolist() == [table.tolist(), table[::-1].tolist()]


def test_pad_stores_its_value(feature_map):
    op = nn.PadOp(feature_map((2,), -3, 0.5), [1], [2], 2.0)
    assert evaluate_operator(op, [int8([7, 8])]).tolist() == [1, 7, 8, 1, 1]
