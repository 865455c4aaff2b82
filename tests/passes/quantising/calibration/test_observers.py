"""Observers against numpy on all values at once."""

import numpy as np
import pytest

from aipu.passes.quantising.calibration.observers import METHODS, Settings


def ranges(method, batches, percentile=99.0):
    observer = METHODS[method](Settings(percentile, len(batches)))
    for batch in batches:
        observer.see(batch)
    return observer.range()


@pytest.fixture
def batches():
    return list(np.random.default_rng(2).normal(1, 3, (6, 5, 40)))


def test_min_max_is_the_extremes(batches):
    everything = np.stack(batches)
    assert ranges("min-max", batches) == (everything.min(), everything.max())


@pytest.mark.parametrize("percentile", [51.0, 90.0, 99.0, 99.9])
def test_percentile_cuts_as_many_at_either_end(batches, percentile):
    values = np.sort(np.concatenate(batches, axis=None))
    cut = int(len(values) * (100 - percentile) / 200)
    expected = values[cut], values[len(values) - 1 - cut]
    assert ranges("percentile", batches, percentile) == expected


def test_percentile_100_is_min_max(batches):
    expected = ranges("min-max", batches)
    assert ranges("percentile", batches, 100.0) == expected


@pytest.mark.parametrize("method", sorted(METHODS.keys() - {"moving-mean"}))
def test_the_order_of_batches_does_not_matter(method, batches):
    assert ranges(method, batches) == ranges(method, batches[::-1])


def test_a_moving_mean_gives_a_tenth_to_each_new_batch():
    low, high = ranges("moving-mean", [np.array([-1.0, 2.0]), np.array([-3.0, 7.0])])
    assert low == pytest.approx(0.9 * -1.0 + 0.1 * -3.0)
    assert high == pytest.approx(0.9 * 2.0 + 0.1 * 7.0)


@pytest.mark.parametrize("method", METHODS)
def test_a_tensor_of_zeros_has_the_range_zero(method):
    assert ranges(method, [np.zeros((1, 4))] * 3) == (0.0, 0.0)


def test_batch_percentile_leaves_out_batches(batches):
    """Of 21 batches 95 % are 20: one may lie outside at either end."""
    usual = [batches[0]] * 20
    strange = [*usual, batches[1] * 100]
    expected = ranges("min-max", usual)
    assert ranges("batch-percentile", strange, 95.0) == expected
    assert ranges("batch-percentile", strange, 100.0) == ranges("min-max", strange)
