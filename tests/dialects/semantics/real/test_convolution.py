"""Convolutions against the sum in their docstring, written as loops."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.dialects import nn


def convolved(ifm, weight, bias, stride, pad, dilation, groups):
    """`bias[m] + sum(ifm[n, y*s+i*d, x*s+j*d, c] * weight[m, i, j, c])`."""
    top, left, bottom, right = pad
    ifm = np.pad(ifm, ((0, 0), (top, bottom), (left, right), (0, 0)))
    reach = [(k - 1) * d + 1 for k, d in zip(weight.shape[1:3], dilation, strict=True)]
    rows, columns = (
        (n - r) // s + 1 for n, r, s in zip(ifm.shape[1:3], reach, stride, strict=True)
    )
    channels, per_group = weight.shape[0], weight.shape[0] // groups
    ofm = np.zeros((ifm.shape[0], rows, columns, channels))
    for n, y, x, m in np.ndindex(ofm.shape):
        first = m // per_group * weight.shape[3]
        ofm[n, y, x, m] = bias[m] + sum(
            ifm[n, y * stride[0] + i * dilation[0], x * stride[1] + j * dilation[1]][
                first + c
            ]
            * weight[m, i, j, c]
            for i, j, c in np.ndindex(weight.shape[1:])
        )
    return ofm


@given(data=st.data())
@settings(max_examples=60)
def test_conv2d_is_the_sum_over_its_window(run, data):
    def pair(low: int, high: int) -> tuple[int, int]:
        return data.draw(st.tuples(*[st.integers(low, high)] * 2))

    kernel, stride, dilation = pair(1, 3), pair(1, 3), pair(1, 2)
    pad = (*pair(0, 2), *pair(0, 2))
    groups = data.draw(st.integers(1, 3))
    per_group, ofm_per_group = pair(1, 2)
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    extents = [n + more for n, more in zip(extents, pair(0, 3), strict=True)]
    generator = np.random.default_rng(data.draw(st.integers(0, 99)))
    ifm = generator.normal(size=(2, *extents, groups * per_group))
    weight = generator.normal(size=(groups * ofm_per_group, *kernel, per_group))
    bias = generator.normal(size=len(weight))

    ofm = run(
        lambda *operands: nn.Conv2dOp(
            *operands, stride=stride, pad=pad, dilation=dilation, groups=groups
        ),
        ifm,
        weight,
        bias,
    )

    expected = convolved(ifm, weight, bias, stride, pad, dilation, groups)
    assert np.allclose(ofm, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("groups", [1, 4], ids=["dense", "depthwise"])
def test_conv2d_clamps_its_result(run, generator, groups):
    ifm = generator.normal(size=(1, 3, 3, 4))
    weight = generator.normal(size=(4, 2, 2, 4 // groups))
    bias = np.zeros(4)
    clamp = nn.ClampAttr(nn.Clamp(-0.5, 0.25))

    ofm = run(
        lambda *operands: nn.Conv2dOp(*operands, groups=groups, activation=clamp),
        ifm,
        weight,
        bias,
    )

    sums = convolved(ifm, weight, bias, (1, 1), (0, 0, 0, 0), (1, 1), groups)
    assert np.allclose(ofm, np.minimum(np.maximum(sums, -0.5), 0.25))
    assert ofm.min() == -0.5
    assert ofm.max() == 0.25


def test_conv2d_reads_a_transposed_map(run, generator):
    """After a transpose the arrays are views whose elements lie in another order."""
    ifm = generator.normal(size=(1, 3, 5, 4)).transpose(0, 2, 3, 1)
    weight, bias = generator.normal(size=(2, 3, 3, 3)), np.ones(2)

    ofm = run(nn.Conv2dOp, ifm, weight, bias)

    expected = convolved(ifm, weight, bias, (1, 1), (0, 0, 0, 0), (1, 1), 1)
    assert np.allclose(ofm, expected)


def test_fully_connected_is_a_sum_for_every_feature(run, generator):
    ifm, weight = generator.normal(size=(3, 5)), generator.normal(size=(4, 5))
    bias = generator.normal(size=4)

    ofm = run(lambda *o: nn.FullyConnectedOp(*o, activation=nn.RELU), ifm, weight, bias)

    for n, m in product(range(3), range(4)):
        total = bias[m] + sum(ifm[n, k] * weight[m, k] for k in range(5))
        assert np.isclose(ofm[n, m], max(total, 0))


def test_matmul_broadcasts_what_leads(run, generator):
    lhs, rhs = generator.normal(size=(2, 1, 3, 4)), generator.normal(size=(5, 4, 2))

    ofm = run(nn.MatMulOp, lhs, rhs)

    for a, b, m, n in np.ndindex(2, 5, 3, 2):
        total = sum(lhs[a, 0, m, k] * rhs[b, k, n] for k in range(4))
        assert np.isclose(ofm[a, b, m, n], total)


@given(data=st.data())
@settings(max_examples=40)
def test_conv_transpose2d_adds_every_product_where_it_belongs(run, data):
    def pair(low: int, high: int) -> tuple[int, int]:
        return data.draw(st.tuples(*[st.integers(low, high)] * 2))

    kernel, stride, dilation, extra = pair(1, 3), pair(1, 3), pair(1, 2), pair(0, 2)
    top, left = pair(0, 1)
    bottom, right = pair(0, 1)
    groups, (per_group, ofm_per_group) = data.draw(st.integers(1, 3)), pair(1, 2)
    generator = np.random.default_rng(data.draw(st.integers(0, 99)))
    ifm = generator.normal(size=(2, *pair(3, 4), groups * per_group))
    weight = generator.normal(size=(groups * ofm_per_group, *kernel, per_group))
    bias = generator.normal(size=len(weight))

    ofm = run(
        lambda *operands: nn.ConvTranspose2dOp(
            *operands,
            stride=stride,
            pad=(top, left, bottom, right),
            extra=extra,
            dilation=dilation,
            groups=groups,
        ),
        ifm,
        weight,
        bias,
    )

    expected = np.zeros_like(ofm) + bias
    for y, x, i, j, m in np.ndindex(*ifm.shape[1:3], *kernel, len(weight)):
        row = y * stride[0] + i * dilation[0] - top
        column = x * stride[1] + j * dilation[1] - left
        if 0 <= row < ofm.shape[1] and 0 <= column < ofm.shape[2]:
            first = m // ofm_per_group * per_group
            channels = ifm[:, y, x, first : first + per_group]
            expected[:, row, column, m] += channels @ weight[m, i, j]
    assert np.allclose(ofm, expected, rtol=1e-9, atol=1e-12)
