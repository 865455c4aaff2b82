"""Views against numpy: what they show, and what it takes to place it."""

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.passes.importing.layout.view import AxisView

NHWC_AS_NCHW = AxisView.of((2, 5, 7, 3)).transpose([0, 3, 1, 2])


def shown(view: AxisView, stored: np.ndarray) -> np.ndarray:
    """What a view shows, the long way: transpose all axes, then reshape."""
    units = [axis for axis, extent in enumerate(view.axes) if extent == 1]
    array = stored.reshape(view.axes).transpose([*units, *view.order])
    return array.reshape(view.shape)


def numbered(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(prod(shape)).reshape(shape)


def test_a_transpose_moves_nothing() -> None:
    assert NHWC_AS_NCHW.axes == (2, 5, 7, 3)
    assert NHWC_AS_NCHW.shape == (2, 3, 5, 7)
    assert NHWC_AS_NCHW.groups == ((0,), (3,), (1,), (2,))


def test_two_transposes_that_cancel_are_natural() -> None:
    assert NHWC_AS_NCHW.transpose([0, 2, 3, 1]).is_natural


def test_a_flattened_map_is_one_group() -> None:
    flat = NHWC_AS_NCHW.reshape((2, 105))
    assert flat is not None
    assert flat.groups == ((0,), (3, 1, 2))
    assert not flat.is_in_order


def test_channels_are_split_where_they_are_stored() -> None:
    split = AxisView.of((1, 5, 5, 6)).transpose([0, 3, 1, 2]).reshape((1, 2, 3, 5, 5))
    assert split is not None
    assert split.axes == (1, 5, 5, 2, 3)
    assert split.groups == ((), (3,), (4,), (1,), (2,))


def test_a_cut_across_an_axis_is_no_view() -> None:
    assert AxisView.of((4, 6)).transpose([1, 0]).reshape((4, 6)) is None


def test_extents_of_one_are_in_order_wherever_they_stand() -> None:
    assert AxisView.of((1, 1, 1, 8)).transpose([0, 3, 1, 2]).is_in_order


def test_a_transpose_alone_places_whole_axes() -> None:
    view = AxisView.of((1, 5, 7, 3)).transpose([0, 3, 1, 2])
    assert view.placed().permutation == (0, 3, 1, 2)
    assert view.placed().axes == (1, 5, 7, 3)
    assert view.placed().shape == (1, 3, 5, 7)


def test_a_constant_per_channel_follows_the_channels() -> None:
    constant = AxisView.of((1, 3, 1, 1))
    arranged = constant.arranged(NHWC_AS_NCHW)
    assert arranged is not None
    assert arranged.shape == (1, 1, 1, 3)


def test_reduced_dimensions_are_left_as_one_or_dropped() -> None:
    assert NHWC_AS_NCHW.reduced([2, 3], keep=True).axes == (2, 1, 1, 3)
    assert NHWC_AS_NCHW.reduced([2, 3], keep=True).shape == (2, 3, 1, 1)
    assert NHWC_AS_NCHW.reduced([2, 3], keep=False) == AxisView.of((2, 3))


@pytest.mark.parametrize("keep", [True, False])
def test_reducing_a_view_reduces_what_is_stored(keep: bool) -> None:
    stored = numbered((2, 5, 7, 3))
    view = NHWC_AS_NCHW.reduced([1, 3], keep=keep)
    reduced = stored.sum((3, 2), keepdims=keep)
    expected = stored.transpose(0, 3, 1, 2).sum((1, 3), keepdims=keep)
    assert np.array_equal(shown(view, reduced), expected)


SHAPES_OF_24 = [
    shape
    for rank in (1, 2, 3, 4)
    for shape in product([1, 2, 3, 4, 6, 8, 12, 24], repeat=rank)
    if prod(shape) == 24
]


@settings(max_examples=200)
@given(st.data())
def test_views_show_what_numpy_makes(data: st.DataObject) -> None:
    stored = expected = numbered(data.draw(st.sampled_from(SHAPES_OF_24)))
    view = AxisView.of(stored.shape)
    for _ in range(data.draw(st.integers(0, 4))):
        permutation = data.draw(st.permutations(range(expected.ndim)))
        view, expected = view.transpose(permutation), expected.transpose(permutation)
        reshaped = view.reshape(data.draw(st.sampled_from(SHAPES_OF_24)))
        if reshaped is not None:
            view, expected = reshaped, expected.reshape(reshaped.shape)
    axes, permutation, shape = view.placed()
    placed = stored.reshape(axes).transpose(permutation) if permutation else stored
    assert np.array_equal(placed.reshape(shape), expected)
    assert np.array_equal(shown(view, stored), expected)
