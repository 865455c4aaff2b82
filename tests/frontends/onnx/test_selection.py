"""Operators that pick elements, or repeat them."""

import numpy as np
import onnx
import pytest
from onnx import helper

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx
from aipu.frontends.vocabulary.moving import runs_of


@pytest.mark.parametrize(
    "indices, runs",
    [
        ([3], [range(3, 4)]),
        ([0, 1, 2, 5], [range(3), range(5, 6)]),
        ([4, 2, 0], [range(4, -2, -2)]),
        ([1, 1, 1], [range(1, 2)] * 3),
    ],
)
def test_runs_are_of_equal_steps(indices, runs):
    assert [list(run) for run in runs_of(indices)] == [list(run) for run in runs]


@pytest.mark.parametrize("indices", [[0, 2, 4], [3, 1], [[0, 1], [4, 4]], -1])
def test_gather_by_constant_indices(check_node, generator, indices):
    ifm = generator.normal(size=(2, 5, 3)).astype(np.float32)
    check_node("Gather", ifm, np.array(indices), axis=1)


def test_gather_of_too_many_runs_is_left_to_the_host(
    check_node, left_to_onnx, generator
):
    ifm = generator.normal(size=(1, 4000)).astype(np.float32)
    imported = check_node("Gather", ifm, np.arange(1500) ** 2 % 4000, axis=1)
    (reason,) = left_to_onnx(imported)
    assert "separate runs" in reason


def test_where_takes_from_one_or_the_other(
    graph_model, reference, results, error, generator
):
    node = helper.make_node("Where", ["condition", "x", "least"], ["y"], "node")
    weights = {
        "condition": np.array([True, False, True]),
        "least": np.array([-1e9], np.float32),
    }
    model = graph_model([node], {"x": (2, 3)}, ["y"], weights)
    ifm = generator.normal(size=(2, 3)).astype(np.float32)
    found = results(import_onnx(model), [ifm])
    assert error(found, reference(model, [ifm])) == 0


def test_an_expansion_to_petabytes(graph_model):
    nodes = [helper.make_node("Expand", ["x", "shape"], ["y"], "grow")]
    weights = {"shape": np.array([1 << 30, 1 << 20])}
    with pytest.raises(UnsupportedError) as caught:
        import_onnx(graph_model(nodes, {"x": (1, 1)}, ["y"], weights))
    assert "node 'grow' (Expand): it needs an array of the shape" in str(caught.value)


INDICES = np.arange(24).reshape(2, 4, 3) * 5 % 5


@pytest.mark.parametrize(
    "indices", [INDICES, INDICES[:1, :, :2] - 5, np.full((2, 4, 3), 3)], ids=str
)
def test_gather_elements_by_constant_indices(
    check_node, left_to_onnx, generator, indices
):
    ifm = generator.normal(size=(2, 5, 3)).astype(np.float32)
    imported = check_node("GatherElements", ifm, indices, axis=1)
    assert left_to_onnx(imported) == []


def test_gather_elements_by_computed_indices_is_left_to_the_host(
    node_model, left_to_onnx
):
    model = node_model(
        "GatherElements", np.zeros((2, 3), np.float32), INDICES[0, :2], inputs=2
    )
    model.graph.input[1].type.tensor_type.elem_type = onnx.TensorProto.INT64
    assert len(left_to_onnx(import_onnx(model))) == 1
