"""Which calibration samples stay in a package."""

import numpy as np
import pytest

from aipu.passes.quantising.calibration.network_input import Input
from aipu.runtime.building.kept_samples import MOST_BYTES, frames_in, kept, spread


def rows(count: int, size: int = 1) -> dict[str, np.ndarray]:
    return {"x": np.repeat(np.arange(count), size).reshape(count, size)}


def read(batch: int, size: int = 1) -> list[Input]:
    return [Input("x", (batch, size))]


@pytest.mark.parametrize(
    "number, batch, most, expected",
    [
        (9, 1, 3, [0, 4, 8]),
        (2, 1, 3, [0, 1]),
        (0, 1, 3, []),
        (12, 3, 6, [0, 1, 2, 9, 10, 11]),
        (12, 6, 4, [0, 1, 2, 3, 4, 5]),
        (10, 4, 8, [0, 1, 2, 3, 8, 9]),
    ],
)
def test_samples_of_a_run_stay_together(number, batch, most, expected):
    found = spread(rows(number), read(batch), most)
    assert found["x"].ravel().tolist() == expected


def test_a_package_keeps_one_run_of_a_sequence():
    assert kept(rows(96), read(6))["x"].ravel().tolist() == [*range(6)]


def test_a_package_keeps_a_part_of_a_run_that_is_too_large():
    size = MOST_BYTES // 8 // 3
    assert len(kept(rows(8, size), read(8, size))["x"]) == 3


def test_the_steps_of_a_sequence_are_one_sample():
    images, sequences = read(4), read(6)
    assert frames_in(rows(6), images, 4) == 6
    assert frames_in(rows(12), sequences, 1) == 2
    assert frames_in(rows(13), sequences, 1) == 3
    assert frames_in({}, images, 4) == 0
