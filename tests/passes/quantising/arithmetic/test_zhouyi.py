"""The integers that Arm-China's Optimizer chooses, against formulas in fractions."""

from fractions import Fraction
from math import floor, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.compass import approximate
from aipu.errors import AipuError
from aipu.passes.quantising.arithmetic import zhouyi
from aipu.passes.quantising.arithmetic.arithmetic import arithmetic

REAL = st.floats(2**-8, 2**8, width=32)


@given(REAL)
def test_a_multiplier_has_eight_bits(ratio):
    multiplier, shift = map(int, approximate(ratio))
    if (multiplier, shift) == (1, 0):
        assert ratio == pytest.approx(1, rel=1 / 128) or log2(ratio).is_integer()
        return
    assert shift == floor(log2(255 / ratio))
    assert multiplier == floor(Fraction(ratio) * Fraction(2) ** shift + Fraction(1, 2))


@given(REAL, REAL)
def test_signed_integers_lie_evenly_about_zero(low, high):
    element = zhouyi.element_type(-low, high)
    assert element.zero_point == 0
    assert 1 / element.scale == pytest.approx(127.5 / max(low, high), rel=1e-6)


@given(REAL)
def test_what_is_never_negative_is_unsigned(high):
    element = zhouyi.element_type(0.0, high)
    assert element.zero_point == -128
    assert 1 / element.scale == pytest.approx(255 / high, rel=1e-6)


def test_a_tensor_of_zeros_has_the_scale_one():
    assert zhouyi.element_type(0.0, 0.0).scale == 1.0


IFM, OFM = UniformType(0.05, 0), UniformType(0.08, 0)


def weights(channels=6):
    random = np.random.default_rng(3)
    weight = random.standard_normal((channels, 3, 3, 2)).astype(np.float32)
    weight *= np.logspace(0, 1.5, channels, dtype=np.float32).reshape(-1, 1, 1, 1)
    return weight, random.standard_normal(channels).astype(np.float32)


@pytest.mark.parametrize(("groups", "scales"), [(1, 1), (2, 2), (6, 6)])
def test_each_group_has_a_scale(groups, scales):
    made = zhouyi.parameters(*weights(), IFM, OFM, groups=groups)
    assert len(set(made.scale.tolist())) == scales
    assert np.abs(made.weight).max() == 127


def test_channels_have_one_shift_and_multipliers_near_their_ratios():
    weight, bias = weights()
    made = zhouyi.parameters(weight, bias, IFM, OFM, per_channel=True)
    largest = np.abs(weight).max(axis=(1, 2, 3))
    np.testing.assert_allclose(made.scale, largest / 127, rtol=1e-6)
    assert len(set(made.shift.tolist())) == 1
    ratios = IFM.scale * made.scale / OFM.scale
    found = made.multiplier * 2.0 ** -made.shift.astype(float)
    np.testing.assert_allclose(found, ratios, rtol=1 / 128)


def test_a_channel_that_one_shift_would_lose_shares_the_scale_of_its_neighbour():
    weight, bias = weights(4)
    weight[1] *= 1e-7
    made = zhouyi.parameters(weight, bias, IFM, OFM, per_channel=True)
    assert made.multiplier.min() > 0
    assert made.scale[0] == made.scale[1] != made.scale[2]


def test_biases_of_sixteen_bits_lose_their_lower_ones():
    whole = zhouyi.quantised_bias(np.array([39045.0, -5.0]), np.ones(2, "f4"), 32)
    cleared = zhouyi.quantised_bias(np.array([39045.0, -5.0]), np.ones(2, "f4"), 16)
    assert whole.tolist() == [39045, -5]
    assert cleared.tolist() == [39044, -6]


@given(REAL, REAL, REAL, st.integers(-255, 255), st.integers(-255, 255))
def test_a_sum_is_right_to_the_eight_bits_of_its_multiplier(lhs, rhs, ofm, x, y):
    (outer, left, right), shift = zhouyi.sum_rescale(lhs, rhs, ofm).data
    exact = (x * Fraction(lhs) + y * Fraction(rhs)) / Fraction(ofm)
    if abs(exact) > 128 or max(lhs, rhs) / min(lhs, rhs) > 64:
        return
    scaled = Fraction((x * left + y * right) * outer, 1 << shift)
    coarser = max(lhs, rhs) / ofm
    assert abs(scaled - exact) <= abs(exact) / 128 + 0.01 * coarser + 0.01


def test_equal_scales_need_no_multipliers_of_their_own():
    assert zhouyi.sum_rescale(0.5, 0.5, 1.0).data == ((128, 1, 1), 8)


def test_a_mean_has_a_multiplier_for_each_count():
    multipliers, shift = zhouyi.mean_rescale(1.0, 4, [1, 2, 4]).data
    assert [Fraction(m, 1 << shift) for m in multipliers] == [
        1,
        Fraction(1, 2),
        0,
        0.25,
    ]


def test_an_unknown_arithmetic_is_told():
    with pytest.raises(AipuError, match="no arithmetic 'zhuoyi'") as caught:
        arithmetic("zhuoyi")
    assert "did you mean 'zhouyi'" in str(caught.value)
