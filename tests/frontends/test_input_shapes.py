"""The shapes of inputs: what the file says, what the user says, and the batch."""

import pytest

from aipu.errors import AipuError
from aipu.frontends.input_shapes import Batch, settle_shapes


def test_what_the_file_says_stays() -> None:
    settled, batch = settle_shapes({"x": (49, 10)}, {}, None)
    assert settled == {"x": (49, 10)}
    assert batch == Batch(49, 49)


def test_what_the_user_says_stays() -> None:
    assert settle_shapes({"x": (None, 3)}, {"x": (4, 3)}, None)[0] == {"x": (4, 3)}


def test_a_batch_that_is_left_open_is_one() -> None:
    settled, batch = settle_shapes({"x": (None, 3), "y": (None,)}, {}, None)
    assert settled == {"x": (1, 3), "y": (1,)}
    assert batch == Batch(1, 1)


def test_a_batch_that_is_asked_for_goes_before_both() -> None:
    settled, batch = settle_shapes({"x": (8, 3)}, {"x": (4, 3)}, 2)
    assert settled == {"x": (2, 3)}
    assert batch == Batch(8, 2, forced=2)


def test_a_batch_that_the_file_leaves_open_is_not_forced() -> None:
    _, batch = settle_shapes({"x": (None, 3)}, {"x": (4, 3)}, 2)
    assert batch == Batch(1, 2)


def test_other_extents_must_be_said() -> None:
    with pytest.raises(AipuError, match="the model says the shape") as caught:
        settle_shapes({"x": (None, 3, None, None)}, {}, None)
    assert caught.value.remedy == "add --shape x=1x3x224x224"
