"""Bad models of every kind: each is one error that names the place and the remedy."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.onnx.importer import import_onnx

node = helper.make_node


@pytest.fixture(scope="module")
def whole(graph_model):
    """x [1, 3, 6, 6] -> conv1 -> relu -> fc -> y."""
    weights = {
        "w": np.ones((4, 3, 3, 3), np.float32),
        "b": np.ones(4, np.float32),
        "target": np.array([1, -1]),
        "fc": np.ones((64, 2), np.float32),
    }
    nodes = [
        node("Conv", ["x", "w", "b"], ["a"], "conv1"),
        node("Relu", ["a"], ["r"], "relu"),
        node("Reshape", ["r", "target"], ["f"], "flatten"),
        node("Gemm", ["f", "fc"], ["y"], "fc1"),
    ]
    return graph_model(nodes, {"x": (1, 3, 6, 6)}, ["y"], weights)


@pytest.fixture
def model(whole):
    """A copy of the model, to be spoilt."""
    copy = onnx.ModelProto()
    copy.CopyFrom(whole)
    return copy


@pytest.fixture
def write(tmp_path):
    """`write(content)`: a file with these bytes."""

    def write(content: bytes):
        path = tmp_path / "model.onnx"
        path.write_bytes(content)
        return path

    return write


def initialiser(model, name):
    return next(tensor for tensor in model.graph.initializer if tensor.name == name)


def message(source, **options) -> str:
    """The one error of a model."""
    with pytest.raises(AipuError) as found:
        import_onnx(source, **options)
    return str(found.value)


def test_the_model_itself_is_good(model, write):
    import_onnx(write(model.SerializeToString()))


def test_a_missing_file(tmp_path):
    path = tmp_path / "no_such.onnx"
    assert message(path) == f"{path}: no such file"


def test_a_folder(tmp_path):
    assert "cannot be read" in message(tmp_path)


def test_an_empty_file(write):
    assert "the file is empty" in message(write(b""))


def test_a_file_of_another_format(write):
    assert "no protobuf message" in message(write(b"\x89PNG\r\n\x1a\n" * 10))
    assert "not an ONNX model" in message(
        write(b"name: 'net'\nlayer { type: 'Data' }\n")
    )


def test_a_truncated_file(model, write):
    content = model.SerializeToString()
    for length in range(1, len(content), 7):
        assert message(write(content[:length]))
    assert "truncated" in message(write(content[: len(content) // 2]))


def test_a_claimed_length_of_two_gigabytes(model, write):
    """Field 7, the graph, of 2 ** 31 - 1 bytes, of which ten are there."""
    assert "no protobuf message" in message(
        write(b"\x3a\xff\xff\xff\xff\x07" + b"\0" * 10)
    )


def test_a_claimed_shape_of_petabytes(model):
    initialiser(model, "w").dims[:] = [1 << 20, 1 << 20, 1 << 10, 3]
    assert "initialiser 'w': its elements do not fill its shape" in message(model)


def test_an_initialiser_of_too_few_elements(model):
    initialiser(model, "w").raw_data = b"\0" * 16
    assert "initialiser 'w': its elements do not fill its shape" in message(model)


def test_an_initialiser_of_an_unknown_type(model):
    initialiser(model, "w").data_type = 99
    assert "initialiser 'w'" in message(model)


def test_a_model_without_a_graph(write):
    assert "not an ONNX model" in message(
        write(onnx.ModelProto(ir_version=8).SerializeToString())
    )


def test_a_model_without_an_opset(model):
    del model.opset_import[:]
    assert "does not say which opset" in message(model)


@pytest.mark.parametrize("version", [1, 6, 9999])
def test_an_opset_that_is_not_known(model, version):
    model.opset_import[0].version = version
    assert f"the model uses opset {version}, expected 7 to" in message(model)


def test_a_model_without_outputs(model):
    del model.graph.output[:]
    assert "no outputs" in message(model)


def test_an_output_that_nothing_writes(model):
    model.graph.output[0].name = "z"
    assert "the model has no tensor 'z'" in message(model)


def test_an_input_of_a_node_that_nothing_writes(model):
    model.graph.node[1].input[0] = "aa"
    found = message(model)
    assert "node 'relu' (Relu): it reads 'aa', which nothing writes" in found
    assert "did you mean 'a'?" in found


def test_a_tensor_written_twice(model):
    model.graph.node[1].output[0] = "a"
    assert "the tensor 'a' is written twice" in message(model)


def test_a_cycle(model):
    model.graph.node[0].input[0] = "r"
    found = message(model)
    assert "the graph has a cycle" in found
    assert "conv1" in found
    assert "relu" in found


def test_external_data_that_is_missing(model, tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(
        model, path, save_as_external_data=True, location="w.bin", size_threshold=0
    )
    import_onnx(path)
    (tmp_path / "w.bin").unlink()
    found = message(path)
    assert "its elements lie in another file, which cannot be read" in found
    assert "--random-weights SEED" in found


@pytest.mark.parametrize("entry, value", [
    ("location", "../../../etc/passwd"),
    ("offset", str(1 << 40)),
    ("length", str((1 << 31) - 1)),
    ("length", "-1"),
    ("offset", "many"),
])  # fmt: skip
def test_external_data_out_of_bounds(model, tmp_path, entry, value):
    path = tmp_path / "model.onnx"
    onnx.save(
        model, path, save_as_external_data=True, location="w.bin", size_threshold=0
    )
    damaged = onnx.load(path, load_external_data=False)
    entries = {e.key: e for e in initialiser(damaged, "w").external_data}
    entries[entry].value = value
    path.write_bytes(damaged.SerializeToString())
    assert "initialiser 'w'" in message(path)


def test_all_that_is_unsupported_is_listed(model):
    """Also what comes after an unsupported node, of which nothing is known."""
    graph = model.graph
    graph.node[1].op_type = "Nothing"
    graph.node[3].op_type = "Frobnicate"
    graph.node[3].domain = "some.where"
    with pytest.raises(UnsupportedError) as found:
        import_onnx(model)
    text = str(found.value)
    assert "2 nodes are not supported" in text
    assert "node 'relu' (Nothing): the operator is not supported" in text
    assert "node 'fc1' (some.where.Frobnicate): the operator is not supported" in text


def test_an_attribute_that_is_not_known(model):
    model.graph.node[0].attribute.append(helper.make_attribute("twist", 3))
    assert "node 'conv1' (Conv): its attributes ['twist']" in message(model)


def test_an_attribute_of_the_wrong_type(model):
    model.graph.node[0].attribute.append(helper.make_attribute("strides", 2.5))
    assert "its attribute 'strides' must be a list of integers" in message(model)


@pytest.mark.parametrize("name, value", [
    ("strides", [0, 1]),
    ("strides", [1]),
    ("pads", [0, 0, 0]),
    ("pads", [-9, 0, 0, 0]),
    ("dilations", [100, 1]),
    ("group", 2),
    ("group", 0),
    ("kernel_shape", [5, 5]),
    ("auto_pad", "SOMEHOW"),
])  # fmt: skip
def test_an_attribute_that_cannot_be(model, name, value):
    model.graph.node[0].attribute.append(helper.make_attribute(name, value))
    assert "node 'conv1' (Conv)" in message(model)


def test_a_missing_attribute(graph_model):
    nodes = [node("Concat", ["x", "x"], ["y"], "join")]
    found = message(graph_model(nodes, {"x": (1,)}, ["y"]))
    assert found == "node 'join' (Concat): its attribute 'axis' is missing"


def test_a_missing_input(model):
    del model.graph.node[0].input[1:]
    assert "node 'conv1' (Conv): its input 1 is missing" in message(model)


def test_shapes_that_do_not_match(model):
    replaced = numpy_helper.from_array(np.ones((4, 5, 3, 3), np.float32), "w")
    initialiser(model, "w").CopyFrom(replaced)
    found = message(model)
    assert "node 'conv1' (Conv): the ifm has 3 channels, the weight 5" in found


def test_a_bias_of_the_wrong_length(model):
    initialiser(model, "b").CopyFrom(
        numpy_helper.from_array(np.ones(3, np.float32), "b")
    )
    assert "node 'conv1' (Conv): 'b' has the shape [3]" in message(model)


def test_a_layer_after_the_wrong_size(model):
    found = message(model, shapes={"x": (1, 3, 8, 8)})
    assert "node 'fc1' (Gemm): the ifm has 144 features, the weight 64" in found


def test_an_if_whose_condition_is_computed(graph_model):
    body = helper.make_graph([node("Neg", ["x"], ["z"])], "body", [], [])
    branching = node("If", ["x"], ["y"], "branch", then_branch=body, else_branch=body)
    found = message(graph_model([branching], {"x": (3,)}, ["y"]))
    assert "'branch' (If): which branch it takes depends on 'x'" in found


def test_an_if_without_a_branch(graph_model):
    branching = node("If", ["c"], ["y"], "branch")
    constants = {"c": np.array(True)}
    found = message(graph_model([branching], {"x": (3,)}, ["y"], constants))
    assert "'branch' (If): it has no then_branch" in found


def test_random_numbers(graph_model):
    nodes = [
        node("RandomNormal", [], ["n"], "dice", shape=[1]),
        node("Add", ["x", "n"], ["y"]),
    ]
    found = message(graph_model(nodes, {"x": (1,)}, ["y"]))
    assert "node 'dice' (RandomNormal): it draws at random" in found


def test_sparse_initialisers(model):
    model.graph.sparse_initializer.append(onnx.SparseTensorProto())
    assert "sparse initialisers" in message(model)


def local_function(body):
    return helper.make_function(
        "own", "twice", ["t"], ["u"], body, [helper.make_opsetid("", 13)]
    )


def test_local_functions_are_inlined(model, results, noise):
    model.functions.append(local_function([node("Add", ["t", "t"], ["u"])]))
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node.append(node("twice", ["y"], ["z"], domain="own"))
    plain = import_onnx(model)
    model.graph.output[0].name = "z"
    twice = import_onnx(model)
    (single,), (double,) = (results(each, noise(each)) for each in (plain, twice))
    assert double.tolist() == (2 * single).tolist()


def test_local_functions_that_call_themselves(model):
    model.functions.append(local_function([node("twice", ["t"], ["u"], domain="own")]))
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node[1].op_type, model.graph.node[1].domain = "twice", "own"
    assert message(model)


def test_a_name_that_is_not_text(model, write):
    content = model.SerializeToString().replace(b"relu", b"\xff\xfe\xfd\xfc")
    assert "not UTF-8" in message(write(content))
