"""Resizing, against a loop over every pixel of the result."""

import math
from fractions import Fraction

import numpy as np
import pytest

from aipu.dialects import nn

NEAREST = {
    "floor": math.floor,
    "ceil": math.ceil,
    "half_up": lambda x: math.floor(x + Fraction(1, 2)),
    "half_down": lambda x: math.ceil(x - Fraction(1, 2)),
}


def within(position, extent):
    return min(max(position, 0), extent - 1)


@pytest.mark.parametrize("method", NEAREST)
@pytest.mark.parametrize("size", [(9, 14), (2, 5)], ids=["up", "down"])
def test_nearest(run, generator, method, size):
    ifm = generator.normal(size=(2, 3, 7, 4))
    step = [Fraction(3, size[0]), Fraction(7, size[1])]
    offset = [s / 2 - Fraction(1, 2) for s in step]

    steps, offsets = list(map(float, step)), list(map(float, offset))
    ofm = run(lambda x: nn.ResizeOp(x, size, steps, offsets, method), ifm)

    assert ofm.shape == (2, *size, 4)
    for y, x in np.ndindex(*size):
        row, column = (
            int(within(NEAREST[method](within(at * s + o, extent)), extent))
            for at, s, o, extent in zip((y, x), step, offset, (3, 7), strict=True)
        )
        assert np.array_equal(ofm[:, y, x], ifm[:, row, column])


def test_linear(run, generator):
    ifm = generator.normal(size=(1, 3, 4, 2))
    step, offset, size = (0.4, 0.75), (-0.3, 0.125), (7, 4)

    ofm = run(lambda x: nn.ResizeOp(x, size, step, offset, "linear"), ifm)

    for y, x in np.ndindex(*size):
        row = within(y * step[0] + offset[0], 3)
        column = within(x * step[1] + offset[1], 4)
        expected = sum(
            ifm[0, i, j] * max(0, 1 - abs(row - i)) * max(0, 1 - abs(column - j))
            for i, j in np.ndindex(3, 4)
        )
        assert np.allclose(ofm[0, y, x], expected, rtol=1e-12)


def test_a_step_that_is_no_binary_fraction_meets_every_row(run):
    ifm = np.arange(49.0).reshape(1, 49, 1, 1)
    ofm = run(lambda x: nn.ResizeOp(x, (49 * 49, 1), (1 / 49, 1), (0, 0), "floor"), ifm)
    assert np.array_equal(ofm.reshape(-1), np.repeat(np.arange(49.0), 49))
