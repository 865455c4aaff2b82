"""What a box moves over the bus, held to its addresses one after another."""

from itertools import groupby, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aipu.backend_aipu.traffic import bus_bytes
from aipu.backend_aipu.views import dense
from aipu.tests.machines import tiny_machine

MACHINE = tiny_machine()
BURST = MACHINE.dram.burst
EXTENTS = st.tuples(*[st.integers(1, 5)] * 4)


def counted(box: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """Whole bursts for every run of addresses that follow each other; what is fetched
    twice in a row is fetched once.
    """
    places = product(*map(range, box))
    addresses = [int(np.dot(place, strides)) for place in places]
    different = [address for address, _ in groupby(addresses)]
    runs = groupby(enumerate(different), lambda each: each[1] - each[0])
    return sum(-(-len([*run]) // BURST) * BURST for _, run in runs)


@given(EXTENTS, st.lists(EXTENTS, min_size=1), st.tuples(*[st.booleans()] * 4))
def test_boxes_move_whole_bursts(shape, boxes, repeated):
    """Boxes of a dense tensor, of which all along some dimensions is the same."""
    inside = [tuple(map(min, box, shape)) for box in boxes]
    strides = tuple(
        0 if same else stride
        for same, stride in zip(repeated, dense(shape), strict=True)
    )
    expected = [counted(box, strides) for box in inside]
    assert [bus_bytes(MACHINE, box, strides) for box in inside] == expected
    many = [*np.array(inside).T]
    assert np.broadcast_to(bus_bytes(MACHINE, many, strides), len(inside)).tolist() == (
        expected
    )


def test_an_empty_box_moves_nothing():
    for strides in ((60, 20, 5, 1), (0, 0, 0, 0)):
        for axis in range(4):
            box = [2, 2, 2, 2]
            box[axis] = 0
            assert bus_bytes(MACHINE, box, strides) == 0
