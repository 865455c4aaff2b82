"""What a model lacks is said at once, with a cut that leaves it out if it is typed."""

import shlex
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from aipu.errors import UnsupportedError
from aipu.frontends.formats import importer
from aipu.frontends.refusals import UNKNOWN, Refusals
from aipu.tests.cli.command import aipu as command
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file


def refusals(*nodes: tuple[str, str, bool]) -> Refusals:
    """Of nodes such as ("a b", "c", True), which reads a and b, writes c, is sound."""
    found = Refusals()
    for reads, writes, sound in nodes:
        names = reads.split(), writes.split()
        if sound:
            found.passed(*names, names[1])
        else:
            found.refuse(UnsupportedError("no", place=f"node '{writes}'"), *names)
    return found


def test_the_cut_lies_before_what_is_refused():
    found = refusals(("x", "a", True), ("a", "b", False), ("b", "y", True))
    assert str(found.error(["y"])) == (
        "1 node is not supported:\n    node 'b': no\n"
        "  cut the graph before them: --output a"
    )


def test_sound_outputs_are_kept_and_every_tensor_named_once():
    found = refusals(
        ("x", "a", True), ("a", "good", True), ("a x", "b", False), ("a", "c", False)
    )
    assert found.error(["b", "good", "c"]).remedy == (
        "cut the graph before them: --output good --output a"
    )


def test_what_depends_on_a_refused_node_is_no_cut():
    found = refusals(
        ("x", "a", True), ("a", "b", False), ("b", "c", True), ("c", "d", False)
    )
    assert found.error(["d"]).remedy == "cut the graph before them: --output a"


def test_a_network_that_begins_with_it_is_cut_behind():
    found = refusals(("x", "a", False), ("a", "y", True))
    assert found.error(["y"]).remedy == "cut the graph behind them: --input a"


def test_a_network_of_nothing_else_has_no_cut():
    assert refusals(("x", "y", False)).error(["y"]).remedy == ""


def test_what_has_a_remedy_of_its_own_needs_no_cut():
    found = refusals(("x", "a", True))
    error = UnsupportedError("open", place="node 'if'", remedy="fix it: --fix c=VALUE")
    found.refuse(error, ["a"], ["y"])
    assert found.error(["y"]).remedy == "fix it: --fix c=VALUE"


def test_a_name_is_quoted_as_a_shell_wants_it():
    found = Refusals()
    found.passed(["x"], ["a b"], ["a b"])
    found.refuse(UnsupportedError("no"), ["a b"], ["y"])
    assert found.error(["y"]).remedy == "cut the graph before them: --output 'a b'"


def onnx_model(path: Path) -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["first one"]),
        helper.make_node("Bernoulli", ["first one"], ["drawn"]),
        helper.make_node("Neg", ["drawn"], ["y"]),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4])
        for name in ("x", "y")
    ]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:])
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets), path)


def tflite_model(path: Path) -> None:
    tensors = [Tensor(name, shape=(1, 4)) for name in ("x", "a;b", "b", "y")]
    operators = [
        Operator("RELU", ["x"], ["a;b"]),
        Operator("SEGMENT_SUM", ["a;b"], ["b"]),
        Operator("NEG", ["b"], ["y"]),
    ]
    path.write_bytes(tflite_file(tensors, operators, ["x"], ["y"]))


def tensorflow_model(path: Path) -> None:
    graph = GraphWriter()
    graph.placeholder("x", (1, 4))
    graph.node("Relu", "scope/a", "x")
    graph.node("Bincount", "b", "scope/a")
    graph.node("Neg", "y", "b")
    path.write_bytes(graph.proto.SerializeToString())


CAFFE = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
layer { name: "a" type: "TanH" bottom: "x" top: "a" }
layer { name: "a2" type: "Python" bottom: "a" top: "a" }
layer { name: "y" type: "Sigmoid" bottom: "a" top: "y" }
"""
NCNN = """7767517
4 4
Input in 0 1 x 0=4
TanH a 1 1 x a
Spectrogram b 1 1 a b
Sigmoid y 1 1 b y
"""
MODELS: dict[str, Callable[[Path], object]] = {
    "model.onnx": onnx_model,
    "model.pb": tensorflow_model,
    "model.tflite": tflite_model,
    "model.prototxt": lambda path: path.write_text(CAFFE),
    "model.param": lambda path: path.write_text(NCNN),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_cut_of_every_format_can_be_typed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    MODELS[name](path)
    with pytest.raises(UnsupportedError) as caught:
        importer(path)(path)
    cut, options = caught.value.remedy.splitlines()[0].split(": ")
    assert cut == "cut the graph before them"
    result = command("inspect", path, *shlex.split(options))
    assert result.exit_code == 0, result.output
    assert "outputs" in result.output


def test_an_operator_that_nobody_knows_may_be_converted_by_a_user():
    found = Refusals()
    found.refuse(UnsupportedError(UNKNOWN, place="node 'a'"), ["x"], ["y"])
    assert found.error(["y"]).remedy == (
        "convert it in a file of yours: `aipu new operator NAME` begins one"
    )
    found.passed([], ["x"], ["x"])
    found.refuse(UnsupportedError(UNKNOWN, place="node 'b'"), ["x"], ["z"])
    cut, own = found.error(["z"]).remedy.splitlines()
    assert cut.strip() == "cut the graph before them: --output x"
    assert own.strip().startswith("or convert it in a file of yours")
