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


def test_layer_norm_of_nearly_equal_reals(run, generator):
    """What float32 loses of their mean would be hundreds of times what is left."""
    ifm = (0.7 + 1e-6 * generator.normal(size=(1, 560))).astype(np.float32)
    gain, offset = np.ones(560, np.float32), np.zeros(560, np.float32)

    ofm = run(
        lambda *operands: nn.LayerNormOp(*operands, epsilon=1e-5), ifm, gain, offset
    )

    exact = ifm.astype(np.float64)
    expected = (exact - exact.mean()) / np.sqrt(exact.var() + 1e-5)
    assert np.allclose(ofm, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("value", [0.1, 411.73, 1e-20])
def test_a_mean_of_equal_reals_is_that_real(run, value):
    ifm = np.full((1, 1000), value, np.float32)
    ofm = run(lambda operand: nn.ReduceMeanOp(operand, [1], keep=True), ifm)
    assert ofm.dtype == np.float32
    assert np.array_equal(ofm, ifm[:, :1])


def test_rms_norm_over_the_last_axes(run, generator):
    ifm = generator.normal(size=(2, 3, 4))
    gain = generator.normal(size=(3, 4))

    ofm = run(lambda *operands: nn.RmsNormOp(*operands, epsilon=1e-3), ifm, gain)

    for n in range(2):
        mean = sum(x**2 for x in ifm[n].reshape(-1).tolist()) / 12
        assert np.allclose(ofm[n], gain * ifm[n] / math.sqrt(mean + 1e-3), rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2])
def test_lp_norm_along_an_axis(run, generator, order):
    ifm = generator.normal(size=(2, 3, 4))
    ifm[1, :, 2] *= 1e-3
    ifm[0, :, 0] = 0

    ofm = run(lambda operand: nn.LpNormOp(operand, 1, order, 0.1), ifm)

    for n, c in np.ndindex(2, 4):
        total = sum(abs(x) ** order for x in ifm[n, :, c].tolist())
        length = max(total ** (1 / order), 0.1)
        assert np.allclose(ofm[n, :, c], ifm[n, :, c] / length, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("more_before", [False, True])
def test_lrn_sums_size_channels_about_each(run, generator, size, more_before):
    """Of an even size, one more lies behind the channel; or before it, if so said."""
    ifm = generator.normal(size=(1, 2, 2, 6))
    before = size // 2 if more_before else None

    ofm = run(lambda operand: nn.LrnOp(operand, size, 0.5, 0.75, 2.0, before), ifm)

    smaller, larger = math.floor((size - 1) / 2), math.ceil((size - 1) / 2)
    before, behind = (larger, smaller) if more_before else (smaller, larger)
    for n, y, x, c in np.ndindex(ifm.shape):
        first = max(c - before, 0)
        last = min(c + behind, 5)
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
