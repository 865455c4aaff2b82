"""Scaling by a statistic, against the equations in the docstrings."""

import math

import numpy as np
import pytest

from aipu.dialects import nn


def test_batch_norm(run, generator):
    ifm = generator.normal(size=(2, 3, 4))
    gain, offset, mean = generator.normal(size=(3, 4))
    variance = generator.uniform(0.1, 2, 4)

    ofm = run(
        lambda *operands: nn.BatchNormOp(*operands, epsilon=1e-3),
        ifm,
        gain,
        offset,
        mean,
        variance,
    )

    for n, y, c in np.ndindex(ifm.shape):
        normal = (ifm[n, y, c] - mean[c]) / math.sqrt(variance[c] + 1e-3)
        assert np.isclose(ofm[n, y, c], gain[c] * normal + offset[c], rtol=1e-12)


def test_layer_norm_over_the_last_axes(run, generator):
    ifm = generator.normal(size=(2, 3, 4))
    gain, offset = generator.normal(size=(2, 3, 4))

    ofm = run(
        lambda *operands: nn.LayerNormOp(*operands, epsilon=1e-3), ifm, gain, offset
    )

    for n in range(2):
        values = ifm[n].reshape(-1).tolist()
        mean = sum(values) / 12
        variance = sum((x - mean) ** 2 for x in values) / 12
        normal = (ifm[n] - mean) / math.sqrt(variance + 1e-3)
        assert np.allclose(ofm[n], gain * normal + offset, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_lrn_sums_size_channels_about_each(run, generator, size):
    ifm = generator.normal(size=(1, 2, 2, 6))

    ofm = run(lambda operand: nn.LrnOp(operand, size, 0.5, 0.75, 2.0), ifm)

    for n, y, x, c in np.ndindex(ifm.shape):
        first = max(c - math.floor((size - 1) / 2), 0)
        last = min(c + math.ceil((size - 1) / 2), 5)
        total = sum(ifm[n, y, x, k] ** 2 for k in range(first, last + 1))
        expected = ifm[n, y, x, c] / (2.0 + 0.5 / size * total) ** 0.75
        assert np.isclose(ofm[n, y, x, c], expected, rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_softmax(run, generator, axis):
    ifm = generator.normal(size=(2, 3, 4))

    ofm = run(lambda operand: nn.SoftmaxOp(operand, axis), ifm)

    lanes = zip(
        np.moveaxis(ifm, axis, -1).reshape(-1, ifm.shape[axis]).tolist(),
        np.moveaxis(ofm, axis, -1).reshape(-1, ifm.shape[axis]).tolist(),
        strict=True,
    )
    for before, after in lanes:
        total = sum(math.exp(x) for x in before)
        assert np.allclose(after, [math.exp(x) / total for x in before], rtol=1e-12)


def test_softmax_of_large_reals(run):
    ofm = run(lambda operand: nn.SoftmaxOp(operand, 0), np.array([1e4, 1e4, -1e4]))
    assert ofm.tolist() == [0.5, 0.5, 0.0]
