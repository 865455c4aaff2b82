"""Networks cut at tensors, and at the nodes that write them, in every format."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from aipu.errors import AipuError
from aipu.frontends.cut_names import CutNames, UnknownNameError
from aipu.frontends.formats import importer
from aipu.frontends.model import ImportedModel
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.functions import input_name, main_function, output_name

CAFFE = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
layer { name: "first" type: "TanH" bottom: "x" top: "a" }
layer { name: "second" type: "Sigmoid" bottom: "a" top: "b" }
"""
NCNN = """7767517
3 3
Input in 0 1 x
TanH first 1 1 x a
Sigmoid second 1 1 a b
"""
IR = """model_name=net
layer_number=3
input_tensors=[x]
output_tensors=[b]

layer_id=0
layer_name=in
layer_type=Input
layer_bottom=[]
layer_bottom_shape=[]
layer_bottom_type=[]
layer_top=[x]
layer_top_shape=[[1,4]]
layer_top_type=[float32]

layer_id=1
layer_name=first
layer_type=Activation
layer_bottom=[x]
layer_bottom_shape=[[1,4]]
layer_bottom_type=[float32]
layer_top=[a]
layer_top_shape=[[1,4]]
layer_top_type=[float32]
method=TANH

layer_id=2
layer_name=second
layer_type=Activation
layer_bottom=[a]
layer_bottom_shape=[[1,4]]
layer_bottom_type=[float32]
layer_top=[b]
layer_top_shape=[[1,4]]
layer_top_type=[float32]
method=SIGMOID
"""


def onnx_model() -> onnx.ModelProto:
    """x, the node "first" to a, the node "second" to b."""
    real = TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Tanh", ["x"], ["a"], "first"),
            helper.make_node("Sigmoid", ["a"], ["b"], "second"),
        ],
        "net",
        [helper.make_tensor_value_info("x", real, [1, 4])],
        [helper.make_tensor_value_info("b", real, [1, 4])],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture(params=["net.onnx", "net.prototxt", "net.param", "net.txt"])
def model(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / request.param
    if path.suffix == ".onnx":
        onnx.save(onnx_model(), path)
    else:
        path.write_text({".prototxt": CAFFE, ".param": NCNN}.get(path.suffix, IR))
    return path


def ends(imported: ImportedModel) -> tuple[list[str], list[str]]:
    main = main_function(imported.module)
    outputs = range(len(main.function_type.outputs))
    inputs = [input_name(argument) for argument in main.args]
    return inputs, [output_name(main, number) for number in outputs]


def shapes_of(model: Path, name: str) -> dict[str, list[int]]:
    """ncnn does not say the shape of its input, and has no batch."""
    return {name: [1, 4]} if model.suffix == ".param" else {}


@pytest.mark.parametrize("name", ["a", "first"])
def test_an_output_is_a_tensor_or_the_node_that_writes_it(
    model: Path, name: str
) -> None:
    read = importer(model)
    found = read(model, outputs=[name], shapes=shapes_of(model, "x"))
    assert ends(found) == (["x"], ["a"])


@pytest.mark.parametrize("name", ["a", "first"])
def test_an_input_is_a_tensor_or_the_node_that_writes_it(
    model: Path, name: str
) -> None:
    shapes = {name: [1, 4]} if model.suffix in (".onnx", ".param") else {}
    found = importer(model)(model, inputs=[name], shapes=shapes)
    assert ends(found) == (["a"], ["b"])


def test_the_nearest_name_may_be_a_node_s(model: Path) -> None:
    with pytest.raises(UnknownNameError, match="'secnd'") as caught:
        importer(model)(model, outputs=["secnd"], shapes=shapes_of(model, "x"))
    assert caught.value.name == "secnd"
    assert caught.value.remedy == "did you mean 'second'?"


def test_a_tensor_goes_before_a_node_of_its_name() -> None:
    names = CutNames({"a", "b"}, {"b": ["a"], "c": ["a", "b"]})
    assert names.all_meant(["b", "c", "b"]) == ["b", "a"]


def test_a_node_of_several_tensors_has_no_shape() -> None:
    names = CutNames({"a", "b"}, {"split": ["a", "b"]})
    with pytest.raises(AipuError, match="one shape for the 2 tensors") as caught:
        names.cut(["split"], [], {"split": [1, 4]})
    assert caught.value.place == "node 'split'"


def test_nodes_of_one_name_are_counted_as_in_messages() -> None:
    model = onnx_model()
    for node in model.graph.node:
        node.name = "twin"
    assert ends(import_onnx(model, outputs=["twin.2"])) == (["x"], ["b"])
    assert ends(import_onnx(model, outputs=["twin"])) == (["x"], ["a"])


def test_an_unnamed_node_goes_by_its_tensor() -> None:
    model = onnx_model()
    for node in model.graph.node:
        node.name = ""
    found = import_onnx(model, outputs=["a"])
    assert ends(found) == (["x"], ["a"])
