"""Names survive: nodes as locations, initialisers as keys, inputs as attributes."""

import numpy as np
import pytest
from onnx import helper
from xdsl.dialects.builtin import NameLoc

from aipu.dialects import nn
from aipu.frontends.onnx.importer import import_onnx

node = helper.make_node


@pytest.fixture
def located(function):
    """The names at which the operators of a kind stand."""

    def located(imported, operator):
        ops = [
            op for op in function(imported).body.block.ops if isinstance(op, operator)
        ]
        assert all(isinstance(op.location, NameLoc) for op in ops)
        return [op.location.desc.data for op in ops]

    return located


def test_an_operator_is_located_at_its_node(graph_model, located):
    model = graph_model([node("Relu", ["x"], ["y"], "act.1")], {"x": (1,)}, ["y"])
    assert located(import_onnx(model), nn.ClampOp) == ["act.1"]


def test_a_node_without_a_name_has_that_of_its_output(graph_model, located):
    model = graph_model([node("Relu", ["x"], ["y"])], {"x": (1,)}, ["y"])
    assert located(import_onnx(model), nn.ClampOp) == ["y"]


def test_repeated_names_are_made_unique(graph_model, located):
    nodes = [
        node("Relu", ["x"], ["a"], "relu"),
        node("Relu", ["a"], ["b"], "relu"),
        node("Relu", ["b"], ["y"], "relu.2"),
    ]
    imported = import_onnx(graph_model(nodes, {"x": (1,)}, ["y"]))
    assert located(imported, nn.ClampOp) == ["relu", "relu.2", "relu.2.2"]


def test_all_operators_of_a_node_have_its_name(graph_model, located):
    weights = {"w": np.ones((2, 3, 1, 1), np.float32)}
    nodes = [node("Conv", ["x", "w"], ["y"], "conv1")]
    imported = import_onnx(graph_model(nodes, {"x": (1, 3, 4, 4)}, ["y"], weights))
    assert located(imported, nn.Operator) == ["conv1"] * 3
    assert located(imported, nn.WeightOp) == ["conv1"] * 2


def test_weights_have_the_names_of_initialisers(graph_model):
    weights = {
        "conv1.weight": np.ones((2, 3, 1, 1), np.float32),
        "b": np.ones(2, np.float32),
    }
    nodes = [node("Conv", ["x", "conv1.weight", "b"], ["y"])]
    imported = import_onnx(graph_model(nodes, {"x": (1, 3, 4, 4)}, ["y"], weights))
    assert set(imported.weights) == {"conv1.weight", "b"}


def test_one_initialiser_in_two_layouts_has_two_keys(graph_model, generator):
    weight = generator.standard_normal((3, 3, 1, 2), np.float32)
    nodes = [node("Conv", ["x", "w"], ["a"]), node("Add", ["w", "x"], ["y"])]
    model = graph_model(nodes, {"x": (3, 3, 1, 2)}, ["a", "y"], {"w": weight})
    weights = import_onnx(model).weights
    assert weights["w"].shape == (3, 1, 2, 3)
    assert weights["w.2"].tolist() == weight.tolist()


def test_values_are_called_as_their_nodes(graph_model):
    nodes = [node("Relu", ["x"], ["y"], "stage2/block1.relu")]
    module = import_onnx(graph_model(nodes, {"x": (1,)}, ["y"])).module
    assert "%stage2_block1.relu = nn.clamp" in str(module)


def test_a_model_is_called_as_its_file(graph_model, tmp_path):
    model = graph_model([node("Relu", ["x"], ["y"])], {"x": (1,)}, ["y"])
    path = tmp_path / "small_net.onnx"
    path.write_bytes(model.SerializeToString())
    assert import_onnx(path).name == "small_net"
    assert import_onnx(model).name == "graph"


def test_the_module_is_valid(light):
    import_onnx(light / "light_squeezenet.onnx").module.verify()
