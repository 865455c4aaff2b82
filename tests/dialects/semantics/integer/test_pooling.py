"""Pooling against loops, every rule of counting."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate_operator


@st.composite
def pools(draw):
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    shape = (
        draw(st.integers(1, 2)),
        draw(st.integers(kernel[0], 6)),
        draw(st.integers(kernel[1], 6)),
        draw(st.integers(1, 3)),
    )
    rows, columns = (st.integers(0, extent - 1) for extent in kernel)
    return shape, {
        "kernel": kernel,
        "stride": draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "pad": (draw(rows), draw(columns), draw(rows), draw(columns)),
    }


def covered(ifm, row, column, op):
    """The elements of one channel of one image that a window covers."""
    top, left, *_ = op.pad.get_values()
    kernel, stride = op.kernel.get_values(), op.stride.get_values()
    first_row, first_column = row * stride[0] - top, column * stride[1] - left
    return [
        int(ifm[i, j])
        for i in range(first_row, first_row + kernel[0])
        for j in range(first_column, first_column + kernel[1])
        if 0 <= i < ifm.shape[0] and 0 <= j < ifm.shape[1]
    ]


@settings(max_examples=60)
@given(pools(), st.integers(0))
def test_max_is_its_definition(feature_map, pool, seed):
    shape, geometry = pool
    ifm = np.random.default_rng(seed).integers(-128, 128, shape, np.int8)
    op = nn.MaxPool2dOp(feature_map(shape, 100), **geometry)
    result = evaluate_operator(op, [ifm])
    for n, y, x, c in np.ndindex(*result.shape):
        assert result[n, y, x, c] == max(covered(ifm[n, :, :, c], y, x, op))


@pytest.mark.parametrize("counting_pad", [False, True])
@settings(max_examples=60)
@given(pools(), st.integers(-128, 127), st.integers(0))
def test_average_is_its_definition(feature_map, counting_pad, pool, zero_point, seed):
    shape, geometry = pool
    generator = np.random.default_rng(seed)
    ifm = generator.integers(-128, 128, shape, np.int8)
    rows, columns = geometry["kernel"]
    several = 1 if counting_pad else rows * columns
    factors = generator.integers(0, 32768, several).tolist()
    op = nn.AvgPool2dOp(
        feature_map(shape, zero_point),
        **geometry,
        counting_pad=counting_pad,
        rescale=nn.RescaleAttr(nn.Rescale(tuple(factors), 16)),
        element=UniformType(1.0, 4),
    )
    result = evaluate_operator(op, [ifm])
    for n, y, x, c in np.ndindex(*result.shape):
        elements = covered(ifm[n, :, :, c], y, x, op)
        factor = factors[0] if several == 1 else factors[len(elements) - 1]
        scaled = Fraction(sum(e - zero_point for e in elements) * factor, 1 << 16)
        assert result[n, y, x, c] == min(max(round(scaled) + 4, -128), 127)


@settings(max_examples=60)
@given(pools(), st.integers(-128, 127), st.integers(0))
def test_an_average_may_be_counted_from_any_integer(feature_map, pool, around, seed):
    """That of stored integers, as TFLite's, whatever their zero point."""
    shape, geometry = pool
    ifm = np.random.default_rng(seed).integers(-128, 128, shape, np.int8)
    rows, columns = geometry["kernel"]
    counts = range(1, rows * columns + 1)
    factors = tuple((1 << 24) // count + 1 for count in counts)
    op = nn.AvgPool2dOp(
        feature_map(shape, 100),
        **geometry,
        around=around,
        rescale=nn.RescaleAttr(nn.Rescale(factors, 24)),
    )
    result = evaluate_operator(op, [ifm])
    for n, y, x, c in np.ndindex(*result.shape):
        elements = covered(ifm[n, :, :, c], y, x, op)
        mean = Fraction(sum(elements), len(elements)) - around
        away = int(abs(mean) + Fraction(1, 2)) * (1 if mean > 0 else -1)
        assert result[n, y, x, c] == around + away


def test_a_large_window_does_not_wrap(feature_map):
    """112 x 112 times 255: past 2**21, and an eighth of it after the rescale."""
    op = nn.AvgPool2dOp(
        feature_map((1, 112, 112, 1), -128),
        (112, 112),
        rescale=nn.RescaleAttr(nn.Rescale((21400,), 31)),
        element=UniformType(1.0, -128),
    )
    result = evaluate_operator(op, [np.full((1, 112, 112, 1), 127, np.int8)])
    expected = round(Fraction(112 * 112 * 255 * 21400, 1 << 31)) - 128
    assert result.tolist() == [[[[expected]]]]
