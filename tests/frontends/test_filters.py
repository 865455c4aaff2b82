"""Filters are turned as formats lay them out, also those that hold nothing."""

import numpy as np
import pytest

from aipu.frontends.vocabulary.filters import ohwi


@pytest.mark.parametrize(
    ("layout", "shape", "wanted"),
    [
        ("OI*", (6, 2, 3, 5), (6, 3, 5, 2)),
        ("*IO", (3, 5, 2, 6), (6, 3, 5, 2)),
        ("OI*", (6, 2, 3), (6, 1, 3, 2)),
    ],
)
def test_axes_go_where_the_word_says(
    layout: str, shape: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    array = np.arange(np.prod(shape)).reshape(shape)
    found = ohwi(array, layout)
    assert found.shape == wanted
    axes = layout.replace("*", "HW"[4 - len(shape) :])
    for out, row, column, inside in np.ndindex(*wanted):
        at = {"O": out, "H": row, "W": column, "I": inside}
        assert (
            found[out, row, column, inside] == array[tuple(at[axis] for axis in axes)]
        )


def test_each_group_makes_channels_of_its_own() -> None:
    array = np.arange(4 * 3 * 1 * 1).reshape(4, 3, 1, 1)
    found = ohwi(array, "IO*", groups=2)
    assert found.shape == (6, 1, 1, 2)
    for group, out, inside in np.ndindex(2, 3, 2):
        expected = array[2 * group + inside, out, 0, 0]
        assert found[3 * group + out, 0, 0, inside] == expected


def test_a_filter_of_no_channels_is_one_of_none() -> None:
    """Whoever convolves with it says what is wrong."""
    assert ohwi(np.empty((4, 0, 5, 5)), "OI*").shape == (4, 5, 5, 0)
