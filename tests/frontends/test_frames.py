"""N frames of a model of a static batch of 1 are N runs of it, or it is refused."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError
from aipu.frontends.model import ImportedModel
from aipu.frontends.onnx.importer import import_onnx
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import main_function
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

COUNT = 3
SHAPE = (1, 4, 6, 5)
CONSTANTS = {
    "last": np.array([-1], np.int64),
    "channel": np.array([1], np.int64),
    "zeroth": np.array([0], np.int64),
    "one": np.array([1], np.int64),
    "two": np.array([2], np.int64),
    "flat": np.array([1, -1], np.int64),
    "rows": np.array([-1, 5], np.int64),
    "apart": np.array([1, 2, 2, 6, 5], np.int64),
    "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64),
    "among": np.array([0, 0, 0, 0, 1, 0, 0, 0], np.int64),
    "w": np.random.default_rng(1).normal(size=(4, 4, 3, 3)).astype(np.float32),
    "matrix": np.random.default_rng(2).normal(size=(5, 7)).astype(np.float32),
    "row": np.random.default_rng(3).normal(size=(1, 4, 1, 1)).astype(np.float32),
    "column": np.random.default_rng(4).normal(size=(COUNT, 1, 1, 1)).astype(np.float32),
    "table": np.random.default_rng(5).normal(size=(9, 4)).astype(np.float32),
}
Node = tuple[str, Sequence[str], dict[str, object]]


def model(*nodes: Node, kind: int = TensorProto.FLOAT) -> onnx.ModelProto:
    """Nodes in a row, each reading the one before as "_"; from x to y."""
    made: list[onnx.NodeProto] = []
    before = "x"
    for number, (operator, reads, attributes) in enumerate(nodes):
        names = [before if name == "_" else name for name in reads]
        before = "y" if number == len(nodes) - 1 else f"{operator}_{number}"
        node = helper.make_node(operator, names, [before], f"node_{number}")
        node.attribute.extend(
            helper.make_attribute(key, value) for key, value in attributes.items()
        )
        made.append(node)
    graph = helper.make_graph(
        made,
        "frames",
        [helper.make_tensor_value_info("x", kind, SHAPE)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in CONSTANTS.items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def results(imported: ImportedModel, array: np.ndarray) -> list[np.ndarray]:
    return evaluate(main_function(imported.module), [array], imported.weights)


def check(source: onnx.ModelProto, frames: np.ndarray) -> None:
    """One network of all frames, and one of a frame that runs on each."""
    together = results(import_onnx(source, batch=len(frames)), frames)
    single = import_onnx(source)
    apart = [results(single, frame[np.newaxis]) for frame in frames]
    for number, found in enumerate(together):
        expected = np.concatenate([each[number] for each in apart])
        assert found.shape == expected.shape
        assert np.allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.fixture
def frames() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(COUNT, *SHAPE[1:])).astype(np.float32)


CONV: Node = ("Conv", ["_", "w"], {"pads": [1, 1, 1, 1]})
TO_BACK: Node = ("Transpose", ["_"], {"perm": [1, 2, 3, 0]})
TO_FRONT: Node = ("Transpose", ["_"], {"perm": [3, 0, 1, 2]})

SOUND: dict[str, list[Node]] = {
    "convolution and pool": [CONV, ("MaxPool", ["_"], {"kernel_shape": [2, 2]})],
    "flattened": [CONV, ("Flatten", ["_"], {})],
    "reshaped by the batch of the file": [("Reshape", ["_", "flat"], {})],
    "frames of many rows": [
        ("Reshape", ["_", "rows"], {}),
        ("MatMul", ["_", "matrix"], {}),
        ("Softmax", ["_"], {"axis": 1}),
    ],
    "channels in groups": [
        ("Reshape", ["_", "apart"], {}),
        ("Transpose", ["_"], {"perm": [0, 2, 1, 3, 4]}),
        ("ReduceMean", ["_"], {"axes": [2, 4], "keepdims": 0}),
    ],
    "there and back": [TO_BACK, ("Softmax", ["_"], {"axis": 0}), TO_FRONT],
    "joined by channels": [("Concat", ["_", "x"], {"axis": 1})],
    "padded pixels": [("Pad", ["_", "pads"], {})],
    "some channels": [("Slice", ["_", "one", "two", "channel"], {})],
    "a constant for all": [("Mul", ["_", "row"], {}), ("Add", ["_", "x"], {})],
    "attention": [
        ("Transpose", ["_"], {"perm": [0, 1, 3, 2]}),
        ("MatMul", ["x", "_"], {}),
        ("Softmax", ["_"], {"axis": -1}),
        ("MatMul", ["_", "x"], {}),
    ],
    "the best class": [
        ("ReduceMean", ["_"], {"axes": [2, 3], "keepdims": 0}),
        ("ArgMax", ["_"], {"axis": 1, "keepdims": 0}),
        ("Cast", ["_"], {"to": TensorProto.FLOAT}),
    ],
}

MIXING: dict[str, list[Node]] = {
    "a mean of frames": [CONV, ("ReduceMean", ["_"], {"axes": [0]})],
    "a mean of all": [("ReduceMean", ["_"], {})],
    "a softmax over frames": [TO_BACK, ("Softmax", ["_"], {"axis": 3}), TO_FRONT],
    "joined one behind another": [("Concat", ["_", "x"], {"axis": 0})],
    "the first frame": [("Slice", ["_", "zeroth", "one", "zeroth"], {})],
    "frames between frames": [("Pad", ["_", "among"], {})],
    "a product of frames": [
        ("Transpose", ["_"], {"perm": [0, 3, 1, 2]}),
        ("Reshape", ["_", "flat"], {}),
        ("Gemm", ["_", "_"], {"transB": 1}),
    ],
    "frames as channels": [
        ("Transpose", ["_"], {"perm": [1, 0, 2, 3]}),
        ("Reshape", ["_", "rows"], {}),
        ("Softmax", ["_"], {"axis": 0}),
    ],
    "a number for each frame": [("Mul", ["_", "column"], {})],
    "elsewhere at the end": [TO_BACK],
    "best of all frames": [("ArgMax", ["_"], {"axis": 0, "keepdims": 0})],
    "beside its transpose": [
        ("ReduceMean", ["_"], {"axes": [2, 3], "keepdims": 1}),
        ("Transpose", ["_"], {"perm": [2, 1, 0, 3]}),
        ("Add", ["_", "x"], {}),
    ],
    "as ONNX has it": [("Hardmax", ["_"], {"axis": 1})],
}


@pytest.mark.parametrize("name", SOUND)
def test_frames_one_by_one(name, frames):
    check(model(*SOUND[name]), frames)


@pytest.mark.parametrize("name", MIXING)
def test_what_mixes_frames_is_refused_with_the_node(name):
    with pytest.raises(AipuError) as caught:
        import_onnx(model(*MIXING[name]), batch=COUNT)
    assert "node_" in caught.value.place or "'y'" in caught.value.place
    import_onnx(model(*MIXING[name]))


def test_a_model_of_an_open_batch_may_do_with_it_what_it_likes(frames):
    source = model(*MIXING["a mean of frames"])
    source.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "n"
    (found,) = results(import_onnx(source, batch=COUNT), frames)
    assert found.shape == (1, *SHAPE[1:])


def test_a_state_with_another_leading_axis_is_no_batch(frames):
    source = model(("Add", ["_", "h"], {}))
    state = helper.make_tensor_value_info("h", TensorProto.FLOAT, [4, 1, 5])
    source.graph.input.append(state)
    with pytest.raises(AipuError):
        import_onnx(source, batch=COUNT)


def test_rows_of_a_table(frames):
    """Ids [1, 4, 6, 5] become [1, 4, 6, 5, 4]."""
    source = model(("Gather", ["table", "_"], {}), kind=TensorProto.INT64)
    check(source, np.random.default_rng(0).integers(0, 9, (COUNT, *SHAPE[1:])))


MOVES: list[Node] = [
    ("Transpose", ["_"], {"perm": [0, 2, 1, 3]}),
    ("Transpose", ["_"], {"perm": [3, 0, 1, 2]}),
    ("Transpose", ["_"], {"perm": [1, 2, 3, 0]}),
    ("Softmax", ["_"], {"axis": 0}),
    ("Softmax", ["_"], {"axis": 3}),
    ("ReduceMax", ["_"], {"axes": [1], "keepdims": 1}),
    ("ReduceSum", ["_", "zeroth"], {"keepdims": 1}),
    ("Concat", ["_", "_"], {"axis": 0}),
    ("Concat", ["_", "_"], {"axis": 2}),
    ("Mul", ["_", "_"], {}),
    ("Reshape", ["_", "rows"], {}),
    ("Reshape", ["_", "apart"], {}),
    ("Slice", ["_", "zeroth", "one", "zeroth"], {}),
    ("Tanh", ["_"], {}),
]


@settings(max_examples=150)
@given(chosen=st.lists(st.sampled_from(range(len(MOVES))), min_size=1, max_size=5))
def test_any_order_of_operators_is_right_or_refused(chosen):
    source = model(*(MOVES[number] for number in chosen))
    try:
        import_onnx(source)
        import_onnx(source, batch=COUNT)
    except AipuError:
        return
    generator = np.random.default_rng(len(chosen))
    check(source, generator.normal(size=(COUNT, *SHAPE[1:])).astype(np.float32))


@pytest.mark.parametrize("axis, sound", [(1, True), (0, False)])
def test_of_tflite(tmp_path: Path, axis, sound):
    tensors = [
        Tensor("x", shape=(1, 4)),
        Tensor("axis", np.array([axis], np.int32)),
        Tensor("y", shape=(1,)),
    ]
    operators = [Operator("MEAN", ["x", "axis"], ["y"], {}, "ReducerOptions")]
    path = tmp_path / "mean.tflite"
    path.write_bytes(tflite_file(tensors, operators, ["x"], ["y"]))
    if sound:
        x = np.arange(12, dtype=np.float32).reshape(3, 4)
        (found,) = results(import_tflite(path, batch=3), x)
        assert np.array_equal(found, x.mean(1))
    else:
        with pytest.raises(AipuError, match="reduces them to one") as caught:
            import_tflite(path, batch=3)
        assert caught.value.place == "y"
