"""Pooling against loops over every window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.dialects import nn


def elements(ifm, kernel, stride, pad, y, x):
    """What a window sees of the feature map itself: [elements, C] of one image."""
    rows = range(y * stride[0] - pad[0], y * stride[0] - pad[0] + kernel[0])
    columns = range(x * stride[1] - pad[1], x * stride[1] - pad[1] + kernel[1])
    return [
        ifm[row, column]
        for row in rows
        for column in columns
        if 0 <= row < ifm.shape[0] and 0 <= column < ifm.shape[1]
    ]


@st.composite
def pools(draw):
    def pair(low, high):
        return draw(st.tuples(*[st.integers(low, high)] * 2))

    kernel, stride = pair(1, 4), pair(1, 3)
    top, bottom = draw(st.tuples(*[st.integers(0, kernel[0] - 1)] * 2))
    left, right = draw(st.tuples(*[st.integers(0, kernel[1] - 1)] * 2))
    rows = draw(st.integers(kernel[0], 7))
    columns = draw(st.integers(kernel[1], 7))
    seed = draw(st.integers(0, 99))
    ifm = np.random.default_rng(seed).normal(size=(2, rows, columns, 3))
    return ifm, kernel, stride, (top, left, bottom, right)


@given(pools())
@settings(max_examples=60)
def test_max_pool(run, pool):
    ifm, kernel, stride, pad = pool
    ofm = run(lambda operand: nn.MaxPool2dOp(operand, kernel, stride, pad), ifm - 10)
    for n, y, x in np.ndindex(ofm.shape[:3]):
        seen = elements(ifm[n] - 10, kernel, stride, pad, y, x)
        assert ofm[n, y, x].tolist() == np.max(seen, axis=0).tolist()


@given(pools())
@settings(max_examples=60)
def test_average_pool_counts_what_is_inside(run, pool):
    ifm, kernel, stride, pad = pool
    ofm = run(lambda operand: nn.AvgPool2dOp(operand, kernel, stride, pad), ifm)
    for n, y, x in np.ndindex(ofm.shape[:3]):
        seen = elements(ifm[n], kernel, stride, pad, y, x)
        assert np.allclose(ofm[n, y, x], sum(seen) / len(seen))


@given(pools())
@settings(max_examples=30)
def test_average_pool_counting_pad_divides_by_the_window(run, pool):
    ifm, kernel, stride, pad = pool
    ofm = run(
        lambda operand: nn.AvgPool2dOp(operand, kernel, stride, pad, counting_pad=True),
        ifm,
    )
    for n, y, x in np.ndindex(ofm.shape[:3]):
        seen = elements(ifm[n], kernel, stride, pad, y, x)
        assert np.allclose(ofm[n, y, x], sum(seen) / (kernel[0] * kernel[1]))


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_average_pool_keeps_its_precision(run, precision):
    ifm = np.ones((1, 3, 3, 1), precision)
    ofm = run(
        lambda operand: nn.AvgPool2dOp(operand, (2, 2), (1, 1), (1, 1, 0, 0)), ifm
    )
    assert ofm.dtype == precision
