"""Inputs fixed at a value, in every format; branches that are taken because of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import aipu
from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.formats import importer
from aipu.frontends.model import ImportedModel
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.functions import input_name, main_function
from aipu.tests.cli.command import aipu as command
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

REAL, RATE, YES = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
X = np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)


def results(imported: ImportedModel, *arrays: np.ndarray) -> list[np.ndarray]:
    imported.module.verify()
    return evaluate(main_function(imported.module), arrays, imported.weights)


def inputs(imported: ImportedModel) -> list[str]:
    return [input_name(argument) for argument in main_function(imported.module).args]


def graph(
    nodes: Sequence[onnx.NodeProto],
    given: Mapping[str, tuple[int, Sequence[int | str]]],
    outputs: Sequence[str] = ("y",),
    **constants: np.ndarray | np.generic,
) -> onnx.GraphProto:
    """A graph of nodes, or what an attribute of one holds."""
    return helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, *each) for name, each in given.items()],
        [helper.make_tensor_value_info(name, REAL, None) for name in outputs],
        [
            numpy_helper.from_array(np.asarray(array), name)
            for name, array in constants.items()
        ],
    )


def model(
    nodes: Sequence[onnx.NodeProto],
    given: Mapping[str, tuple[int, Sequence[int | str]]],
    **constants: np.ndarray | np.generic,
) -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", 17)]
    whole = graph(nodes, given, ("y",), **constants)
    return helper.make_model(whole, opset_imports=opsets, ir_version=8)


Branches = tuple[onnx.GraphProto, onnx.GraphProto]


def either(
    condition: str, result: str, branches: Branches, name: str = "either"
) -> onnx.NodeProto:
    """An `If`."""
    node = helper.make_node("If", [condition], [result], name)
    for key, branch in zip(("then_branch", "else_branch"), branches, strict=True):
        node.attribute.append(helper.make_attribute(key, branch))
    return node


def check(source: onnx.ModelProto, fixed: Mapping[str, object], **feeds: np.ndarray):
    """With inputs fixed, a network computes what onnxruntime does with them fed."""
    values = {name: np.asarray(value) for name, value in fixed.items()}
    kinds = {v.name: v.type.tensor_type.elem_type for v in source.graph.input}
    fed = {
        name: value.astype(helper.tensor_dtype_to_np_dtype(kinds[name]))
        for name, value in values.items()
    }
    session = onnxruntime.InferenceSession(source.SerializeToString())
    expected = session.run(None, {**feeds, **fed})
    imported = import_onnx(source, fixed=values)
    assert inputs(imported) == list(feeds)
    for ours, theirs in zip(results(imported, *feeds.values()), expected, strict=True):
        assert np.allclose(ours, np.asarray(theirs), atol=1e-6)


def onnx_sum(path: Path) -> None:
    nodes = [helper.make_node("Mul", ["x", "gain"], ["y"])]
    onnx.save(model(nodes, {"x": (REAL, [1, 4]), "gain": (REAL, [1, 4])}), path)


def tflite_sum(path: Path) -> None:
    tensors = [Tensor(name, shape=(1, 4)) for name in ("x", "gain", "y")]
    operators = [Operator("MUL", ["x", "gain"], ["y"], {}, "MulOptions")]
    path.write_bytes(tflite_file(tensors, operators, ["x", "gain"], ["y"]))


def tensorflow_sum(path: Path) -> None:
    written = GraphWriter()
    written.placeholder("x", (1, 4))
    written.placeholder("gain", (1, 4))
    written.node("Mul", "y", "x", "gain")
    path.write_bytes(written.proto.SerializeToString())


CAFFE = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
layer { name: "g" type: "Input" top: "gain" input_param { shape { dim: 1 dim: 4 } } }
layer { name: "y" type: "Eltwise" bottom: "x" bottom: "gain" top: "y"
  eltwise_param { operation: PROD } }
"""
NCNN = """7767517
3 3
Input x 0 1 x 0=4
Input gain 0 1 gain 0=4
BinaryOp y 2 1 x gain y 0=2
"""
PRODUCTS: dict[str, Callable[[Path], object]] = {
    "model.onnx": onnx_sum,
    "model.pb": tensorflow_sum,
    "model.tflite": tflite_sum,
    "model.prototxt": lambda path: path.write_text(CAFFE),
    "model.param": lambda path: path.write_text(NCNN),
}


@pytest.fixture(params=PRODUCTS)
def product(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """`y = x * gain` in some format."""
    path = tmp_path / request.param
    PRODUCTS[request.param](path)
    return path


@pytest.mark.parametrize("value", [0.5, [[1.0, 2.0, 3.0, 4.0]], [1.0, 2.0, 3.0, 4.0]])
def test_an_input_is_fixed_in_every_format(product, value):
    imported = importer(product)(product, fixed={"gain": np.array(value)})
    assert inputs(imported) == ["x"]
    (found,) = results(imported, X)
    assert np.allclose(found, X * np.array(value), rtol=1e-6)


def test_what_is_no_input_cannot_be_fixed(product):
    with pytest.raises(AipuError, match="no input 'gian' to fix") as caught:
        importer(product)(product, fixed={"gian": np.array(1.0)})
    assert caught.value.remedy == "did you mean 'gain'?"


def test_a_value_has_the_shape_of_its_input(product):
    with pytest.raises(AipuError, match="cannot be fixed at an array 3") as caught:
        importer(product)(product, fixed={"gain": np.ones(3)})
    assert caught.value.place == "input 'gain'"


def test_a_quantised_input_is_fixed_at_reals_or_at_what_the_file_stores(tmp_path):
    stored = {"dtype": "uint8", "scale": [0.5], "zero_point": [10]}
    names = ("x", "gain", "y")
    tensors = [Tensor(name, shape=(1, 4), **stored) for name in names]
    operators = [Operator("ADD", ["x", "gain"], ["y"], {}, "AddOptions")]
    path = tmp_path / "model.tflite"
    path.write_bytes(tflite_file(tensors, operators, ["x", "gain"], ["y"]))
    x = np.array([[0.0, 1.0, 2.0, 3.0]], np.float32)
    for value in (np.array(1.5), np.full((1, 4), 13, np.uint8)):
        (found,) = results(importer(path)(path, fixed={"gain": value}), x)
        assert found.tolist() == [[1.5, 2.5, 3.5, 4.5]]


def test_an_integer_input_takes_no_half(tmp_path):
    nodes = [
        helper.make_node("Cast", ["n"], ["r"], to=REAL),
        helper.make_node("Mul", ["x", "r"], ["y"]),
    ]
    source = model(nodes, {"x": (REAL, [1, 4]), "n": (RATE, [])})
    check(source, {"n": 3}, x=X)
    with pytest.raises(AipuError, match=r"fixed at 2\.5: it takes int64"):
        import_onnx(source, fixed={"n": np.array(2.5)})


def branches() -> Branches:
    """`relu(x) * 2` and `x - 1`, which read x from around them."""
    first = graph(
        [
            helper.make_node("Relu", ["x"], ["r"], "inner"),
            helper.make_node("Mul", ["r", "two"], ["t"]),
        ],
        {},
        ["t"],
        two=np.array([2], np.float32),
    )
    second = graph(
        [helper.make_node("Sub", ["x", "one"], ["t"], "inner")],
        {},
        ["t"],
        one=np.array([1], np.float32),
    )
    return first, second


@pytest.mark.parametrize("rate", [16000, 8000])
def test_a_condition_on_a_fixed_input_takes_a_branch(rate):
    """As a detector of voices has two networks, for two sampling rates."""
    nodes = [
        helper.make_node("Equal", ["sr", "wide"], ["is_wide"]),
        either("is_wide", "y", branches()),
    ]
    given = {"x": (REAL, [1, 4]), "sr": (RATE, [])}
    check(model(nodes, given, wide=np.int64(16000)), {"sr": rate}, x=X)


@pytest.mark.parametrize("rank", [1, 2])
def test_a_condition_on_a_shape_takes_a_branch(rank):
    nodes = [
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("Size", ["shape"], ["rank"]),
        helper.make_node("Equal", ["rank", "two"], ["is_matrix"]),
        either("is_matrix", "y", branches()),
    ]
    x = X.reshape([4] if rank == 1 else [1, 4])
    check(model(nodes, {"x": (REAL, x.shape)}, two=np.int64(2)), {}, x=x)


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
def test_branches_within_branches(outer, inner):
    """All names within are the same: each is another where its branch is taken."""
    nested = graph(
        [
            either("inner", "a", branches(), "deep"),
            either("inner", "b", branches(), "deeper"),
            helper.make_node("Add", ["a", "b"], ["t"]),
        ],
        {},
        ["t"],
    )
    nodes = [either("outer", "y", (nested, branches()[1]), "wide")]
    given = {"x": (REAL, [1, 4]), "outer": (YES, []), "inner": (YES, [])}
    source = model(nodes, given)
    fixed = {"outer": np.array(outer), "inner": np.array(inner)}
    session = onnxruntime.InferenceSession(source.SerializeToString())
    (expected,) = session.run(None, {"x": X, **fixed})
    (found,) = results(import_onnx(source, fixed=fixed), X)
    assert np.allclose(found, np.asarray(expected), atol=1e-6)


def test_what_only_the_other_branch_reads_is_not_judged():
    """Its nodes are neither converted nor missed."""
    taken, _ = branches()
    other = graph([helper.make_node("Identity", ["drawn"], ["o"])], {}, ["o"])
    nodes = [
        helper.make_node("Bernoulli", ["x"], ["drawn"]),
        either("c", "y", (taken, other)),
    ]
    check(model(nodes, {"x": (REAL, [1, 4])}, c=np.array(True)), {}, x=X)


def test_an_outer_tensor_may_be_the_result_of_a_branch():
    nodes = [
        helper.make_node("Neg", ["x"], ["n"]),
        either("c", "y", (graph([], {}, ["n"]), graph([], {}, ["x"]))),
    ]
    for condition in (True, False):
        source = model(nodes, {"x": (REAL, [1, 4])}, c=np.array(condition))
        (found,) = results(import_onnx(source), X)
        assert np.array_equal(found, -X if condition else X)


def test_a_network_is_cut_within_a_branch():
    nodes = [either("c", "y", branches())]
    source = model(nodes, {"x": (REAL, [1, 4])}, c=np.array(True))
    (found,) = results(import_onnx(source, outputs=["r"]), X)
    assert np.array_equal(found, np.maximum(X, 0))


def test_an_open_condition_names_the_input_to_fix():
    nodes = [
        helper.make_node("Equal", ["sr", "wide"], ["is_wide"]),
        either("is_wide", "y", branches()),
    ]
    given = {"x": (REAL, [1, 4]), "sr": (RATE, [])}
    with pytest.raises(UnsupportedError) as caught:
        import_onnx(model(nodes, given, wide=np.int64(16000)))
    assert "node 'either' (If): which branch it takes depends on 'is_wide'" in str(
        caught.value
    )
    assert "--fix sr=VALUE" in caught.value.remedy


def test_on_the_command_line(tmp_path):
    """`inspect` and `build` take it, and so does the line that builds again."""
    nodes = [
        helper.make_node("Equal", ["sr", "wide"], ["is_wide"]),
        either("is_wide", "y", branches()),
    ]
    given = {"x": (REAL, [1, 4]), "sr": (RATE, [])}
    path = tmp_path / "net.onnx"
    onnx.save(model(nodes, given, wide=np.int64(16000)), path)
    found = command("inspect", path, "--fix", "sr=16000")
    assert found.exit_code == 0, found.output
    assert "sr" not in found.output
    built = command("build", path, "-o", tmp_path / "net", "--fix", "sr=8000")
    assert built.exit_code == 0, built.output
    package = aipu.load(tmp_path / "net")
    assert list(package.inputs) == ["x"]
    assert "--fix sr=8000" in built.stdout
    assert np.allclose(package.reference({"x": X}, "float")["y"], X - 1, atol=1e-6)
    assert command("inspect", path, "--fix", "sr=fast").exit_code == 1


def test_from_python(tmp_path):
    onnx_sum(tmp_path / "net.onnx")
    with pytest.warns(UserWarning, match="no calibration data"):
        package = aipu.compile(tmp_path / "net.onnx", fix={"gain": [1, 2, 3, 4]})
    found = package.reference({"x": X}, "float")["y"]
    assert np.allclose(found, X * [1, 2, 3, 4])
