"""The output stage against exact fractions."""

from fractions import Fraction

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from aipu.dialects.semantics.requantise import decompose, requantise

INT32 = st.integers(-(1 << 31), (1 << 31) - 1)
MULTIPLIER = st.integers(0, 32767)
SHIFT = st.integers(0, 31)
INT8 = st.integers(-128, 127)


def exactly(accumulator, multiplier, shift, zero_point, low, high):
    """Python's `round` of a Fraction is half to even."""
    scaled = round(Fraction(accumulator * multiplier, 1 << shift))
    return min(max(scaled + zero_point, low), high)


@given(INT32, MULTIPLIER, SHIFT, INT8, INT8, INT8)
@example((1 << 31) - 1, 32767, 31, 0, -128, 127)
@example(-(1 << 31), 32767, 31, 0, -128, 127)
@example(-(1 << 31), 1, 31, 0, -128, 127)
@example(3, 1, 1, 0, -128, 127)
@example(-5, 1, 1, 0, -128, 127)
def test_is_exact(accumulator, multiplier, shift, zero_point, one, other):
    low, high = sorted([one, other])
    arguments = (multiplier, shift, zero_point, low, high)
    result = requantise(np.array([accumulator]), *arguments)
    assert result == exactly(accumulator, *arguments)


@given(st.integers(-60, 60), st.integers(1, 20))
def test_ties_go_to_the_even_neighbour(steps, shift):
    tie = (2 * steps + 1) << (shift - 1)
    result = requantise(np.array([tie]), 1, shift, 0, -128, 127)
    assert result == steps + steps % 2


def test_takes_accumulators_of_any_dtype():
    values = [-70000, -3, 0, 3, 70000]
    expected = [exactly(value, 20000, 21, 5, -128, 127) for value in values]
    for dtype in (np.int32, np.int64, np.float32, np.float64):
        result = requantise(np.array(values, dtype), 20000, 21, 5, -128, 127)
        assert result.dtype == np.int8
        assert result.tolist() == expected


def test_multiplier_and_shift_may_differ_by_channel():
    accumulator = np.full((2, 3), 1000)
    result = requantise(accumulator, [1, 3, 32767], [4, 7, 23], 0, -128, 127)
    assert result.tolist() == [[62, 23, 4]] * 2


@given(INT32, st.floats(2**-39, 2**22, width=32), INT8)
def test_a_float_multiplier_rounds_the_product_to_float_first(
    accumulator, multiplier, zero_point
):
    product = np.float32(accumulator) * np.float32(multiplier)
    expected = min(max(round(float(product)) + zero_point, -128), 127)
    factor = np.array([multiplier], np.float32)
    sums = np.array([[accumulator]], np.float64)
    assert requantise(sums, factor, 0, zero_point, -128, 127) == expected


def test_a_product_next_to_a_tie_is_one_in_float():
    """49.4999998 is 49.5 there, and that goes to the even neighbour."""
    factor = (1 << 23) + 1
    sums = np.array([6488063])
    exact = requantise(sums, factor, 40, 0, -128, 127)
    single = requantise(
        sums, np.array([factor * 2.0**-40], np.float32), 0, 0, -128, 127
    )
    assert (exact.item(), single.item()) == (49, 50)


@given(st.floats(2**-31, 32767, exclude_max=True))
@example(1.0)
@example(0.5)
@example(32766.9999)
@example(32767 / 2**31)
def test_decomposes_to_the_nearest_with_fifteen_bits(ratio):
    multiplier, shift = map(int, decompose(ratio))
    assert 0 <= multiplier <= 32767
    assert 0 <= shift <= 31
    error = abs(Fraction(multiplier, 1 << shift) - Fraction(ratio))
    assert error <= Fraction(1, 2 << shift)
    if shift < 31:
        assert Fraction(ratio) * (2 << shift) > 32767, "a greater shift would do"


def test_decomposes_arrays_element_by_element():
    multiplier, shift = decompose([0.25, 3.0])
    assert multiplier.tolist() == [16384, 24576]
    assert shift.tolist() == [16, 13]


@given(st.floats(32767, 1e30), st.integers(1, 1 << 31), INT8)
def test_a_huge_ratio_saturates_and_loses_nothing(ratio, accumulator, zero_point):
    multiplier, shift = decompose(ratio)
    for signed, expected in ((accumulator, 127), (-accumulator, -128)):
        result = requantise(
            np.array([signed]), multiplier, shift, zero_point, -128, 127
        )
        assert result == expected
