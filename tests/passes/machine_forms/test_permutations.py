"""Permutations of dimensions, against numpy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.errors import AipuError
from aipu.passes.machine_forms.permutations import (
    MOST_MOVED,
    exchanges,
    joined_blocks,
    moved,
    permuted_rows,
)


@st.composite
def permutations(draw: st.DrawFn) -> tuple[np.ndarray, list[int]]:
    """An array whose elements are all different, and an order of its dimensions."""
    extents = draw(st.lists(st.integers(1, 3), min_size=1, max_size=6))
    order = draw(st.permutations(range(len(extents))))
    return np.arange(np.prod(extents)).reshape(extents), order


@given(permutations())
def test_blocks_move_the_same_elements(drawn: tuple[np.ndarray, list[int]]) -> None:
    array, order = drawn
    extents, places = joined_blocks(array.shape, order)
    found = array.reshape(extents).transpose(places)
    assert found.tobytes() == array.transpose(order).tobytes()
    assert 1 not in extents


@given(permutations())
def test_exchanges_together_are_the_permutation(
    drawn: tuple[np.ndarray, list[int]],
) -> None:
    array, order = drawn
    extents, places = joined_blocks(array.shape, order)
    found = array.reshape(extents)
    for step in exchanges(places):
        assert moved(joined_blocks(found.shape, step)[1]) <= MOST_MOVED
        found = found.transpose(step)
    assert found.tobytes() == array.transpose(order).tobytes()


@given(permutations())
def test_rows_are_permuted_by_their_strides(
    drawn: tuple[np.ndarray, list[int]],
) -> None:
    array, order = drawn
    if moved(joined_blocks(array.shape, order)[1]) > MOST_MOVED:
        with pytest.raises(AipuError, match="moves more than three dimensions"):
            permuted_rows(array.shape, order)
        return
    rows, box, steps = permuted_rows(array.shape, order)
    walked = sum(
        np.arange(extent).reshape([-1 if a == axis else 1 for a in range(3)]) * step
        for axis, (extent, step) in enumerate(zip(box, steps, strict=True))
    )
    found = array.reshape(rows, -1)[:, np.reshape(walked, -1)]
    assert found.tobytes() == array.transpose(order).tobytes()


def test_depth_to_space_takes_two_exchanges() -> None:
    """[W, C, 2, 2] becomes [2, W, 2, C]: the rows ahead, the columns behind."""
    assert exchanges((2, 0, 3, 1)) == [(2, 0, 1, 3), (0, 1, 3, 2)]
