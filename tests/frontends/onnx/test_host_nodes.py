"""Forms of operators that `nn` cannot say: the host computes them, or nobody does."""

import numpy as np
import pytest
from onnx import helper

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.places import HOST
from aipu.runtime.building.driver import Options
from aipu.runtime.inspecting.inspection import inspect

node = helper.make_node


def test_a_smooth_resize(check_node, left_to_onnx, generator):
    ifm, sizes = generator.standard_normal((1, 2, 6, 5)), np.array([1, 2, 9, 3])
    options = {"opset": 19, "mode": "cubic", "antialias": 1}
    arrays = (ifm.astype(np.float32), None, None, sizes)
    assert left_to_onnx(check_node("Resize", *arrays, **options)) == ["antialias"]


def test_a_shape_that_depends_on_values(node_model):
    ifm, target = np.zeros((2, 3), np.float32), np.array([3, 2])
    model = node_model("Reshape", ifm, target, inputs=2)
    model.graph.input[1].type.tensor_type.elem_type = 7
    with pytest.raises(UnsupportedError) as caught:
        import_onnx(model)
    assert "node 'node' (Reshape)" in str(caught.value)


def test_reals_that_stand_for_integers(graph_model):
    """A converter gives them their scale; onnx would take them for the integers."""
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"], "quantise"),
        node("ConvInteger", ["q", "w", "zero"], ["y"], "convolve"),
    ]
    weight = np.ones((3, 2, 1, 1, 1), np.int8)
    model = graph_model(nodes, {"x": (1, 2, 4, 4, 4)}, ["y"], {"w": weight})
    with pytest.raises(UnsupportedError, match=r"'convolve' \(ConvInteger\).*rank 5"):
        import_onnx(model)


def test_nothing_is_left_of_a_converter_that_refused(node_model, operators, generator):
    """That of instance norms had put channels last before it saw a computed scale."""
    ifm = generator.standard_normal((1, 2, 6, 5), np.float32)
    arrays = (ifm, np.ones(2, np.float32), np.zeros(2, np.float32))
    imported = import_onnx(node_model("InstanceNormalization", *arrays, inputs=3))
    assert operators(imported) == ["nn.onnx"]
    assert list(imported.weights) == []
    assert imported.warnings == ()


def test_the_reason_is_shown(node_model, tmp_path):
    arrays = (np.zeros((1, 2, 6, 5), np.float32), np.ones(2, np.float32))
    model = node_model("InstanceNormalization", *arrays, arrays[1], inputs=2)
    path = tmp_path / "norm.onnx"
    path.write_bytes(model.SerializeToString())
    (kind,) = inspect(path, Options()).kinds
    assert kind.place == HOST
    why = "its input 'x1' is not constant"
    assert kind.reason == f"no such InstanceNormalization but ONNX's own: {why}"
