"""Sums in float32 against sums in int64, where the float is nearest to failing."""

import numpy as np
import pytest

from aipu.dialects.semantics.integer.accumulation import Accumulator, exact_splits


def assert_exact(ifm, weight):
    sums = Accumulator(weight)(ifm.astype(np.float32))
    assert np.array_equal(sums, ifm.astype(np.int64) @ weight.astype(np.int64).T)


@pytest.mark.parametrize("terms", [1, 1023, 1024, 1025, 2048, 5000])
def test_extremes_of_one_sign(terms):
    ifm = np.full((2, terms), -128, np.int8)
    ifm[1] = 127
    assert_exact(ifm, np.full((3, terms), -128, np.int8))


@pytest.mark.parametrize("terms", [1024, 4608])
def test_odd_products_whose_sums_need_every_bit(terms):
    ifm = np.full((1, terms), 127, np.int8)
    assert_exact(ifm, np.full((2, terms), 127, np.int8))


def test_random_numbers_of_the_whole_range():
    generator = np.random.default_rng(1)
    ifm = generator.integers(-128, 128, (7, 3000), np.int8)
    assert_exact(ifm, generator.integers(-128, 128, (5, 3000), np.int8))


def test_small_weights_need_no_split():
    weight = np.full((2, 5000), 20, np.int8)
    assert list(exact_splits(weight)) == [slice(0, 5000)]
    ifm = np.full((1, 5000), -128, np.int8)
    assert_exact(ifm, weight)


def test_one_row_of_large_weights_splits_all():
    weight = np.full((2, 2000), 1, np.int8)
    weight[1] = 127
    assert list(exact_splits(weight)) == [slice(0, 1024), slice(1024, 2048)]


def test_the_most_that_fits_in_one_sum():
    weight = np.full((1, 2048), 64, np.int8)
    assert list(exact_splits(weight)) == [slice(0, 2048)]
    weight[0, 0] += 1
    assert len(list(exact_splits(weight))) == 2
