"""Multipliers and shifts against the ratios of scales that they stand for."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.passes.quantising.arithmetic.rescales import (
    mean_rescale,
    rescale,
    sum_rescale,
)

SCALE = st.floats(1e-3, 1e3)


def factor(attribute, index=0):
    multipliers, shift = attribute.data
    return float(Fraction(multipliers[index], 1 << shift))


@given(st.floats(2**-16, 32767))
def test_rescale_is_near_its_ratio(ratio):
    assert factor(rescale(ratio)) == pytest.approx(ratio, rel=2**-15)


@given(SCALE, SCALE, SCALE, st.integers(-255, 255), st.integers(-255, 255))
def test_sum_is_right_to_a_fraction_of_a_step(lhs, rhs, ofm, x, y):
    """Wherever the sum lies within int8, the only place where it is read."""
    (outer, left, right), shift = sum_rescale(lhs, rhs, ofm).data
    exact = (x * Fraction(lhs) + y * Fraction(rhs)) / Fraction(ofm)
    scaled = Fraction((x * left + y * right) * outer, 1 << shift)
    coarser = max(lhs, rhs) / ofm
    assert abs(scaled - exact) <= 0.02 * coarser + abs(exact) * 2**-14 + 0.07


def test_the_coarser_side_of_a_sum_is_exact():
    assert sum_rescale(0.5, 0.25, 1.0).data.multipliers[1:] == (16384, 8192)
    assert sum_rescale(0.1, 0.3, 1.0).data.multipliers[1:] == (5461, 16384)


def test_mean_has_a_multiplier_for_each_count_that_occurs():
    attribute = mean_rescale(0.5, 9, [4, 6, 9])
    for count in range(1, 10):
        expected = 0.5 / count if count in (4, 6, 9) else 0
        assert factor(attribute, count - 1) == pytest.approx(expected, rel=1e-4)


def test_one_count_needs_one_multiplier():
    attribute = mean_rescale(2.0, 49, [49])
    assert len(attribute.data.multipliers) == 1
    assert factor(attribute) == pytest.approx(2 / 49, rel=1e-4)


def test_the_least_count_sets_the_shift():
    """A count of 1 that never occurs must not cost the others their precision."""
    attribute = mean_rescale(1.0, 49, [25, 49])
    assert attribute.data.multipliers[24] >= 1 << 14
