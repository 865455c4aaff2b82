"""How many frames a network takes at once, by the shapes of what goes in and out."""

import pytest

from aipu.runtime.manifest import TensorInfo, frames_at_once


@pytest.mark.parametrize(
    "inputs, outputs, count",
    [
        ([(1, 3, 8, 8)], [(1, 10)], 1),
        ([(4, 3, 8, 8)], [(4, 10)], 4),
        ([(4, 3, 8, 8), (4, 5)], [(4, 10), (4, 2)], 4),
        ([(4, 3, 8, 8)], [(400, 6)], 4),
        ([(5, 3), (2, 7)], [(5, 7)], 1),
        ([(12, 1, 10)], [(1, 5)], 1),
        ([(12, 1, 10)], [(12, 1, 5), (1, 1, 5)], 1),
        ([(4, 3)], [()], 1),
        ([()], [(4, 3)], 1),
        ([], [(4, 3)], 1),
    ],
    ids=str,
)
def test_frames_at_once(inputs, outputs, count):
    named = [
        {str(number): TensorInfo(shape, "f32") for number, shape in enumerate(shapes)}
        for shapes in (inputs, outputs)
    ]
    assert frames_at_once(*named) == count
