"""Tensors without elements are known: what reads them does without them."""

import numpy as np
import pytest
from onnx import helper

import aipu
from aipu.frontends.onnx.importer import import_onnx
from aipu.tests.cli.command import aipu as command

INTS = {
    "two": [2],
    "one": [1],
    "axis": [1],
    "none": [],
    "sizes": [0, 3],
    "zero": [0, 3],
}


@pytest.fixture
def check(graph_model, reference, results, generator):
    """`check(nodes)`: from x to y, as onnxruntime computes it."""

    def run(*nodes, **weights: np.ndarray):
        constants = {name: np.array(value, np.int64) for name, value in INTS.items()}
        x = generator.standard_normal((1, 3, 4, 4), np.float32)
        model = graph_model(
            list(nodes), {"x": x.shape}, ["y"], constants | weights, opset=17
        )
        (expected,) = reference(model, [x])
        (found,) = results(import_onnx(model), [x])
        assert found.shape == expected.shape
        assert np.allclose(found, expected, atol=1e-6)

    return run


def test_a_slice_of_nothing_joins_nothing(check):
    check(
        helper.make_node("Slice", ["x", "two", "one", "axis"], ["e"]),
        helper.make_node("Concat", ["e", "x", "e"], ["y"], axis=1),
    )


def test_an_initialiser_of_nothing(check):
    check(
        helper.make_node("Concat", ["x", "empty"], ["y"], axis=1),
        empty=np.zeros((1, 0, 4, 4), np.float32),
    )


def test_what_is_computed_from_nothing_is_nothing(check):
    check(
        helper.make_node("Slice", ["x", "two", "one", "axis"], ["e"]),
        helper.make_node("Relu", ["e"], ["r"]),
        helper.make_node("Mul", ["r", "x0"], ["m"]),
        helper.make_node("Concat", ["m", "x"], ["y"], axis=1),
        x0=np.ones((1, 1, 1, 1), np.float32),
    )


def test_a_sum_of_something_and_nothing_is_nothing(check):
    check(
        helper.make_node("ReduceSum", ["x", "axis"], ["s"]),
        helper.make_node("Add", ["s", "empty"], ["n"]),
        helper.make_node("Concat", ["n", "x"], ["y"], axis=1),
        empty=np.zeros((1, 0, 1, 1), np.float32),
    )


def test_a_part_of_a_split_may_be_empty(check):
    check(
        helper.make_node("Split", ["x", "sizes"], ["a", "b"], axis=1),
        helper.make_node("Concat", ["b", "a"], ["y"], axis=1),
    )


def test_a_gather_of_no_indices(check):
    check(
        helper.make_node("Gather", ["x", "none"], ["e"], axis=1),
        helper.make_node("Concat", ["e", "x"], ["y"], axis=1),
    )


def test_a_resize_whose_roi_is_empty(check):
    check(
        helper.make_node("Resize", ["x", "roi", "scales"], ["y"]),
        roi=np.zeros(0, np.float32),
        scales=np.array([1, 1, 2, 2], np.float32),
    )


def test_an_output_of_nothing_is_one(graph_model, tmp_path):
    """Through all levels, and on the command line."""
    nodes = [
        helper.make_node("Slice", ["x", "two", "one", "axis"], ["gone"]),
        helper.make_node("Relu", ["x"], ["y"]),
    ]
    constants = {name: np.array(value, np.int64) for name, value in INTS.items()}
    model = graph_model(nodes, {"x": (1, 3, 4, 4)}, ["gone", "y"], constants, opset=17)
    samples = np.random.default_rng(1).normal(size=(16, 3, 4, 4))
    package = aipu.compile(model, calibration=samples)
    inputs = package.noise()
    assert package.run(inputs).outputs["gone"].shape == (1, 0, 4, 4)
    assert package.reference(inputs, "float")["gone"].shape == (1, 0, 4, 4)
    assert all(row.equal for row in package.verify(inputs))
    package.save(tmp_path / "net")
    for options in ([], ["--json"]):
        result = command("run", tmp_path / "net", *options)
        assert result.exit_code == 0, result.output
        assert "gone" in result.output
