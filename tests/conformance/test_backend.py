"""`aipu.backend` as ONNX's own tools use it."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from aipu import backend
from aipu.docs.generate_conformance import HEAD, OUTCOMES, tally
from aipu.errors import AipuError, UnsupportedError


def test_a_node_runs_on_its_inputs():
    node = helper.make_node("Add", ["a", "b"], ["c"])
    a, b = np.ones(3, np.float32), np.arange(3, dtype=np.float32)
    (c,) = backend.run_node(node, [a, b])
    assert c.tolist() == [1, 2, 3]


def test_what_must_be_known_beforehand_may_be_an_input():
    node = helper.make_node("Reshape", ["x", "shape"], ["y"])
    x = np.arange(6, dtype=np.float32)
    (y,) = backend.run_node(node, [x, np.array([2, 3])])
    assert np.array_equal(y, x.reshape(2, 3))


def test_integers_are_left_to_onnx():
    node = helper.make_node("Gather", ["table", "places"], ["y"])
    table, places = np.array([5, 7, 9]), np.array([[2, 0]])
    kinds = [(np.dtype(np.int64), (1, 2))]
    (y,) = backend.run_node(node, [table, places], outputs_info=kinds)
    assert y.tolist() == [[9, 5]]


def test_a_shape_that_depends_on_values_is_refused():
    node = helper.make_node("NonZero", ["x"], ["y"])
    kinds = [(np.dtype(np.int64), (1, 2))]
    with pytest.raises(UnsupportedError, match="depends on values"):
        backend.run_node(node, [np.ones(2, np.float32)], outputs_info=kinds)


def test_there_is_one_device():
    assert backend.supports_device("CPU")
    assert not backend.supports_device("CUDA")
    with pytest.raises(AipuError, match="no device 'CUDA'"):
        backend.prepare(onnx.ModelProto(), "CUDA")


@pytest.mark.long
def test_the_suite_gives_no_wrong_value_and_the_page_says_so():
    counts = tally()
    total = {each: sum(found[each] for found in counts.values()) for each in OUTCOMES}
    assert total["wrong"] == 0
    assert total["pass"] >= 800
    text = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text()
    assert text.startswith(HEAD.splitlines()[0])
    assert f"{total['pass']} of {sum(total.values())} cases pass" in text
