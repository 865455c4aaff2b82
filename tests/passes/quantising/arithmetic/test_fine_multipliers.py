"""Multipliers that round as the exact ratio does, against that ratio itself."""

import numpy as np
import pytest

from aipu.passes.quantising.arithmetic.fine_multipliers import (
    fine_multipliers,
    middle_ratio,
)

RATIOS = np.random.default_rng(4).uniform(2e-4, 0.02, 50)
REACH = np.full(50, 1 << 24)


def test_every_accumulator_is_rounded_as_by_the_ratio():
    multiplier, shift = fine_multipliers(RATIOS, REACH)
    accumulators = np.arange(-200_000, 200_000)
    for ratio, factor, places in zip(RATIOS, multiplier, shift, strict=True):
        exact, scaled = accumulators * ratio, accumulators * np.ldexp(factor, -places)
        read = np.abs(exact) < 255
        assert (np.rint(exact) == np.rint(scaled))[read].mean() > 1 - 1e-5


@pytest.mark.parametrize("reach", [1 << 20, 1 << 27, (1 << 31) - 1])
def test_a_product_stays_within_the_bits_of_a_float64(reach):
    multiplier, shift = fine_multipliers(RATIOS, np.full(50, reach))
    assert int(multiplier.max()) * reach < 1 << 53
    assert multiplier.max() < 1 << 26
    assert shift.max() < 64


def test_the_middle_is_near_the_ratio():
    assert middle_ratio(RATIOS) == pytest.approx(RATIOS, rel=1e-4)
    assert middle_ratio(np.array([300.0])) == pytest.approx([300.0], rel=0.5)
