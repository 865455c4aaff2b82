"""Stripes of windows against the windows over the whole padded map."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.dialects.semantics.real.windows import Sliding, padded, stripes, windows

IMAGES, CHANNELS, ROWS = st.integers(1, 2), st.integers(1, 2), st.integers(1, 9)
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(
    shape=st.tuples(IMAGES, ROWS, ROWS, CHANNELS),
    kernel=PAIRS,
    stride=PAIRS,
    dilation=PAIRS,
    pad=st.tuples(*[st.integers(0, 7)] * 4),
    height=st.integers(1, 5),
)
def test_stripes_hold_all_windows_in_order(
    shape, kernel, stride, dilation, pad, height
):
    """Also where whole stripes lie in the padding."""
    ifm = np.arange(1, 1 + np.prod(shape), dtype=np.int8).reshape(shape)
    sliding = Sliding(kernel, stride, pad, dilation)
    rows, columns = sliding.windows(shape[1:3])
    reach = sliding.reach
    if min(rows, columns) == 0:
        frame = (shape[1] + pad[0] + pad[2], shape[2] + pad[1] + pad[3])
        assert frame[0] < reach[0] or frame[1] < reach[1]
        return
    expected = windows(padded(ifm, pad, -7), kernel, stride, dilation)
    assert expected.shape[1:3] == (rows, columns)
    found = np.full(expected.shape, np.nan, np.float32)
    for image, place, frame in stripes(ifm, sliding, -7, height, np.float32):
        assert place.stop - place.start <= height
        (found[image, place],) = windows(frame, kernel, stride, dilation)
    np.testing.assert_array_equal(found, expected)


def test_stripes_without_padding_are_views():
    ifm = np.zeros((1, 8, 4, 3), np.float32)
    sliding = Sliding((3, 3), (1, 1))
    for _, _, frame in stripes(ifm, sliding, 0, 2, np.float32):
        assert frame.base is not None
        assert np.shares_memory(frame, ifm)


@pytest.mark.parametrize("height", [1, 3])
def test_every_stripe_is_as_high_as_asked_but_the_last(height):
    sliding = Sliding((2, 2), (2, 2))
    ifm = np.zeros((2, 10, 4, 1), np.int8)
    found = [(s.image, s.rows.start) for s in stripes(ifm, sliding, 0, height, np.int8)]
    assert found == [(n, row) for n in range(2) for row in range(0, 5, height)]
