"""`aipu.backend` as ONNX's own tools use it."""

import unittest
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.backend.test import BackendTest

from aipu import backend
from aipu.docs.generate_conformance import (
    PAGE,
    PASSING,
    page,
    passed,
    run_suite,
    total,
)
from aipu.errors import AipuError, UnsupportedError

NETWORKS = [
    "bvlc_alexnet",
    "densenet121",
    "inception_v1",
    "inception_v2",
    "resnet50",
    "shufflenet",
    "squeezenet",
    "vgg19",
    "zfnet512",
]
HEAVY = {"bvlc_alexnet", "vgg19", "zfnet512"}
"""Of operators that others have, too, and many weights."""


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


def test_a_list_of_no_elements_may_be_an_input():
    node = helper.make_node("ReduceSum", ["x", "axes"], ["y"])
    (y,) = backend.run_node(node, [np.ones((2, 3), np.float32), np.zeros(0, np.int64)])
    assert y.tolist() == [[6]]


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


@pytest.fixture(scope="module")
def suite() -> type[unittest.TestCase]:
    """The whole networks of ONNX's own runner."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return BackendTest(backend.AipuBackend, __name__).test_cases[
            "OnnxBackendRealModelTest"
        ]


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(name, marks=pytest.mark.long) if name in HEAVY else name
        for name in NETWORKS
    ],
)
def test_networks_pass_in_the_runner_of_onnx(
    suite: type[unittest.TestCase],
    network: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONNX_HOME", str(tmp_path))
    result = unittest.TestResult()
    suite(f"test_{network}_cpu").run(result)
    assert result.testsRun == 1
    assert not result.skipped
    assert result.wasSuccessful(), result.failures + result.errors


@pytest.mark.long
def test_the_suite_gives_no_wrong_value_and_the_page_says_so():
    results = run_suite()
    nodes = total(results.nodes)
    assert nodes["wrong"] == total(results.files)["wrong"] == 0
    assert passed(nodes) >= 800
    assert [network.name for network in results.networks] == NETWORKS
    assert all(network.outcome in PASSING for network in results.networks)
    text = PAGE.read_text()
    if f"onnx {onnx.__version__}," in text:
        assert text == page(results)
