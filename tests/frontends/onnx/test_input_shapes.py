"""Shapes are static: the file's, the user's, and a batch that reshapes follow."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.onnx.importer import import_onnx


@pytest.fixture
def relu(graph_model):
    """`relu(shape)`: a model of one relu on x."""
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    return lambda shape: graph_model(nodes, {"x": shape}, ["y"])


@pytest.fixture
def shape_of(function):
    """The shape of the first input of an imported model."""
    return lambda imported: function(imported).body.block.args[0].type.get_shape()


def test_a_static_shape_is_taken(relu, shape_of):
    assert shape_of(import_onnx(relu((2, 3, 8, 8)))) == (2, 3, 8, 8)


def test_a_scalar_has_a_static_shape(relu, shape_of):
    assert shape_of(import_onnx(relu(()))) == ()


@pytest.mark.parametrize("shape, remedy", [
    (("N", 3, "H", 32), "--shape x=1x3x224x32"),
    ((1, 3, None, None), "--shape x=1x3x224x224"),
    ((None, None), "--shape x=1x1"),
    (None, "--shape x=1x3x224x224"),
])  # fmt: skip
def test_a_dynamic_shape_is_an_error_that_shows_what_to_type(relu, shape, remedy):
    with pytest.raises(AipuError, match="input 'x': a static shape is needed") as found:
        import_onnx(relu(shape))
    assert remedy in str(found.value)


@pytest.mark.parametrize("shape", [("N", 3, "H", "W"), None, (1, 3, 32, 32)])
def test_the_user_settles_a_shape(relu, shape_of, shape):
    imported = import_onnx(relu(shape), shapes={"x": (2, 3, 16, 8)})
    assert shape_of(imported) == (2, 3, 16, 8)


@pytest.mark.parametrize("given", [(3, 16, 8), (1, 3, 0, 8), (1, 3, -1, 8)])
def test_a_shape_that_does_not_fit_is_an_error(relu, given):
    with pytest.raises(AipuError, match=r"the model says \?x3x\?x\?"):
        import_onnx(relu(("N", 3, "H", "W")), shapes={"x": given})


def test_a_shape_for_an_unknown_input_suggests_the_nearest(graph_model):
    nodes = [helper.make_node("Relu", ["image"], ["y"])]
    with pytest.raises(AipuError, match="did you mean 'image'"):
        import_onnx(graph_model(nodes, {"image": (1,)}, ["y"]), shapes={"imgae": (1,)})


@pytest.mark.parametrize("shape", [("N", 3, 8, 8), (1, 3, 8, 8)])
def test_the_batch_is_the_leading_extent(relu, shape_of, shape):
    assert shape_of(import_onnx(relu(shape), batch=4)) == (4, 3, 8, 8)


def test_the_batch_must_be_positive(relu):
    with pytest.raises(AipuError, match="the batch must be positive, found 0"):
        import_onnx(relu((1, 3)), batch=0)


def test_a_reshape_follows_the_batch(graph_model, results, generator):
    """The file says [1, 12], for a batch of one."""
    nodes = [helper.make_node("Reshape", ["x", "target"], ["y"])]
    weights = {"target": np.array([1, 12])}
    model = graph_model(nodes, {"x": (1, 3, 4)}, ["y"], weights)
    x = generator.standard_normal((5, 3, 4), np.float32)
    for imported in (
        import_onnx(model, batch=5),
        import_onnx(model, shapes={"x": x.shape}),
    ):
        assert results(imported, [x])[0].tolist() == x.reshape(5, 12).tolist()


def test_a_reshape_to_the_rest_follows_the_batch(graph_model, results):
    nodes = [helper.make_node("Reshape", ["x", "target"], ["y"])]
    weights = {"target": np.array([1, -1])}
    imported = import_onnx(
        graph_model(nodes, {"x": (1, 3, 4)}, ["y"], weights), batch=5
    )
    assert results(imported, [np.zeros((5, 3, 4), np.float32)])[0].shape == (5, 12)


def test_an_input_of_strings_is_unsupported(graph_model):
    model = graph_model([helper.make_node("Relu", ["x"], ["y"])], {"x": (1,)}, ["y"])
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING
    with pytest.raises(UnsupportedError, match="found string"):
        import_onnx(model)
