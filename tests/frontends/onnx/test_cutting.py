"""A graph may be cut at tensors, by name; what is not needed is left out."""

import numpy as np
import pytest
from onnx import helper

from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx

node = helper.make_node


@pytest.fixture
def chain(graph_model):
    """x -> Relu -> a -> Conv -> b -> Exp -> y, where onnx alone knows b's shape."""
    weights = {"w": np.ones((5, 3, 3, 3), np.float32)}
    nodes = [
        node("Relu", ["x"], ["a"]),
        node("Conv", ["a", "w"], ["b"]),
        node("Exp", ["b"], ["y"]),
    ]
    return lambda leading=2: graph_model(
        nodes, {"x": (leading, 3, 6, 6)}, ["y"], weights
    )


@pytest.fixture
def names(function):
    """The names of the inputs and of the outputs."""

    def names(imported):
        main = function(imported)
        assert main.arg_attrs is not None
        assert main.res_attrs is not None
        return [
            [entry.data["nn.name"].data for entry in entries]
            for entries in (main.arg_attrs, main.res_attrs)
        ]

    return names


def test_the_whole_graph_has_the_names_of_the_model(chain, names):
    assert names(import_onnx(chain())) == [["x"], ["y"]]


def test_a_cut_below(chain, names, operators):
    imported = import_onnx(chain(), outputs=["a"])
    assert names(imported) == [["x"], ["a"]]
    assert operators(imported) == ["nn.clamp"]
    assert not imported.weights


def test_a_cut_above(chain, names, operators, function):
    imported = import_onnx(chain(), inputs=["b"])
    assert names(imported) == [["b"], ["y"]]
    assert operators(imported) == ["nn.exp"]
    assert function(imported).body.block.args[0].type.get_shape() == (2, 5, 4, 4)


def test_a_cut_at_both_ends(chain, names):
    assert names(import_onnx(chain(), inputs=["a"], outputs=["b"])) == [["a"], ["b"]]


def test_a_cut_above_takes_the_batch(chain, function):
    imported = import_onnx(chain(), inputs=["b"], batch=7)
    assert function(imported).body.block.args[0].type.get_shape() == (7, 5, 4, 4)


def test_a_cut_where_no_shape_is_known_asks_for_one(chain):
    with pytest.raises(AipuError, match="--shape b=1x"):
        import_onnx(chain("N"), inputs=["b"])
    import_onnx(chain("N"), inputs=["b"], shapes={"b": (1, 5, 4, 4)})


def test_several_outputs_in_the_wanted_order(chain, names):
    assert names(import_onnx(chain(), outputs=["y", "a"])) == [["x"], ["y", "a"]]


@pytest.mark.parametrize("cut", [{"inputs": ["conv"]}, {"outputs": ["conv"]}])
def test_an_unknown_name_suggests_the_nearest(graph_model, cut):
    nodes = [node("Relu", ["x"], ["conv1"]), node("Exp", ["conv1"], ["y"])]
    with pytest.raises(AipuError, match="did you mean 'conv1'"):
        import_onnx(graph_model(nodes, {"x": (1,)}, ["y"]), **cut)


def test_outputs_that_need_another_input_are_an_error(graph_model):
    nodes = [node("Relu", ["x"], ["a"]), node("Add", ["a", "x"], ["y"])]
    with pytest.raises(AipuError, match="also depend on the input 'x'"):
        import_onnx(graph_model(nodes, {"x": (1,)}, ["y"]), inputs=["a"])


def test_a_cut_at_one_of_two_outputs_of_a_node(graph_model, names, results):
    nodes = [
        node("Split", ["x"], ["a", "b"], axis=0),
        node("Sub", ["a", "b"], ["y"]),
    ]
    model = graph_model(nodes, {"x": (2,)}, ["y"])
    imported = import_onnx(model, inputs=["a", "x"], shapes={"a": (1,)})
    assert names(imported) == [["a", "x"], ["y"]]
    inputs = [np.array([10.0]), np.array([1.0, 2.0])]
    assert results(imported, inputs)[0].tolist() == [8.0]


def test_a_cut_named_twice_is_one_input(chain, names):
    assert names(import_onnx(chain(), inputs=["b", "b"])) == [["b"], ["y"]]


def test_an_input_that_no_output_needs_is_an_error(chain):
    with pytest.raises(AipuError, match="do not depend on 'y'"):
        import_onnx(chain(), inputs=["x", "y"], outputs=["a"])


def test_inputs_that_the_outputs_do_not_need_go_with_the_cut(graph_model, names):
    nodes = [node("Relu", ["x"], ["a"]), node("Add", ["a", "z"], ["y"])]
    model = graph_model(nodes, {"x": (1,), "z": (1,)}, ["y"])
    assert names(import_onnx(model, outputs=["a"])) == [["x"], ["a"]]


def test_nodes_that_nobody_needs_are_left_out(graph_model, operators):
    nodes = [node("Relu", ["x"], ["y"]), node("NonZero", ["x"], ["unread"])]
    imported = import_onnx(graph_model(nodes, {"x": (1,)}, ["y"]))
    assert operators(imported) == ["nn.clamp"]


def test_nodes_may_stand_in_any_order(graph_model, operators):
    nodes = [node("Exp", ["a"], ["y"]), node("Relu", ["x"], ["a"])]
    imported = import_onnx(graph_model(nodes, {"x": (1,)}, ["y"]))
    assert operators(imported) == ["nn.clamp", "nn.exp"]
