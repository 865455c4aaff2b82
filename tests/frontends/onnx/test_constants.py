"""What depends on constants only is computed while a model is imported."""

from itertools import pairwise
from os import times

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx

node = helper.make_node


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


@pytest.fixture
def check(graph_model, reference, results, error, generator):
    """A graph from x [2, 3, 4, 4] to y means the same here and in onnxruntime."""

    def check(nodes, weights=None, opset=13):
        shapes = {"x": (2, 3, 4, 4)}
        model = graph_model(nodes, shapes, ["y"], weights or {}, opset)
        x = generator.standard_normal((2, 3, 4, 4), np.float32)
        imported = import_onnx(model)
        assert error(results(imported, [x]), reference(model, [x])) < 1e-6
        return imported

    return check


def test_weights_may_be_constant_nodes(check, generator):
    weight = generator.standard_normal((5, 3, 3, 3), np.float32)
    value = numpy_helper.from_array(weight)
    imported = check(
        [
            node("Constant", [], ["w"], value=value),
            node("Conv", ["x", "w"], ["y"]),
        ]
    )
    assert imported.weights["w"].shape == (5, 3, 3, 3)


def test_weights_may_be_filled_nodes(check):
    filled = helper.make_tensor("value", TensorProto.FLOAT, [1], [0.02])
    check(
        [
            node("ConstantOfShape", ["shape"], ["w"], value=filled),
            node("Conv", ["x", "w"], ["y"]),
        ],
        {"shape": ints(5, 3, 3, 3)},
    )


def test_the_shape_of_a_tensor_is_a_constant(check, operators):
    """[batch, -1] as PyTorch writes it."""
    imported = check(
        [
            node("Shape", ["x"], ["shape"]),
            node("Gather", ["shape", "zero"], ["batch"]),
            node("Unsqueeze", ["batch", "axes"], ["leading"]),
            node("Concat", ["leading", "rest"], ["target"], axis=0),
            node("Reshape", ["x", "target"], ["y"]),
        ],
        {"zero": np.array(0, np.int64), "axes": ints(0), "rest": ints(-1)},
    )
    assert operators(imported) == ["nn.reshape"]


def test_a_part_of_a_shape_is_a_constant(check):
    check(
        [
            node("Shape", ["x"], ["shape"], start=1, end=-1),
            node("Concat", ["shape", "eight"], ["target"], axis=0),
            node("Reshape", ["x", "target"], ["y"]),
        ],
        {"eight": ints(8)},
        opset=15,
    )


def test_the_size_of_a_tensor_is_a_constant(check):
    check(
        [
            node("Size", ["x"], ["size"]),
            node("Reshape", ["size", "one"], ["target"]),
            node("Reshape", ["x", "target"], ["y"]),
        ],
        {"one": ints(1)},
    )


def test_pads_may_be_computed_by_a_subgraph(check, operators):
    """Filled, joined, turned, reversed and cast, as PyTorch writes `F.pad`."""
    zero = numpy_helper.from_array(ints(0))
    imported = check(
        [
            node("ConstantOfShape", ["four"], ["filled"], value=zero),
            node("Concat", ["given", "filled"], ["pairs"], axis=0),
            node("Reshape", ["pairs", "by_two"], ["matrix"]),
            node("Slice", ["matrix", "last", "first", "rows", "last"], ["reversed"]),
            node("Transpose", ["reversed"], ["turned"], perm=[1, 0]),
            node("Reshape", ["turned", "flat"], ["list"]),
            node("Cast", ["list"], ["pads"], to=TensorProto.INT64),
            node("Pad", ["x", "pads"], ["y"]),
        ],
        {
            "four": ints(4),
            "given": ints(1, 2, 0, 1),
            "by_two": ints(-1, 2),
            "last": ints(-1),
            "first": ints(np.iinfo(np.int64).min),
            "rows": ints(0),
            "flat": ints(-1),
        },
    )  # fmt: skip
    assert operators(imported) == ["nn.pad"]


def test_constants_follow_the_opset_of_the_model(check):
    """Unsqueeze has its axes as an attribute before opset 13."""
    check(
        [
            node("Unsqueeze", ["scale"], ["column"], axes=[1, 2]),
            node("Mul", ["x", "column"], ["y"]),
        ],
        {"scale": np.array([1, 2, 3], np.float32)},
        opset=9,
    )


def test_a_constant_may_be_an_output(graph_model):
    nodes = [node("Relu", ["x"], ["y"]), node("Neg", ["w"], ["z"])]
    weights = {"w": np.array([1, 2], np.float32)}
    imported = import_onnx(graph_model(nodes, {"x": (2,)}, ["y", "z"], weights))
    assert imported.weights["z"].tolist() == [-1, -2]


def test_reals_of_other_widths_become_float32(graph_model, results):
    weights = {"w": np.array([0.5, 1.5], np.float16)}
    nodes = [
        node("Cast", ["w"], ["wide"], to=TensorProto.DOUBLE),
        node("Add", ["x", "wide"], ["y"]),
    ]
    imported = import_onnx(graph_model(nodes, {"x": (2,)}, ["y"], weights))
    assert imported.weights["wide"].dtype == np.float32
    assert results(imported, [np.ones(2, np.float32)])[0].tolist() == [1.5, 2.5]


SECONDS = 10
LARGE = {
    "ConstantOfShape": [ints(1 << 20, 1 << 20)],
    "Expand": [np.zeros(1, np.float32), ints(1 << 20, 1 << 20)],
    "Tile": [np.zeros((1, 1), np.float32), ints(1 << 20, 1 << 20)],
    "Range": [np.array(n, np.int64) for n in (0, 1 << 40, 1)],
    "Pad": [np.zeros((1, 1), np.float32), ints(0, 0, 1 << 20, 1 << 20)],
    "Add": [np.zeros((1, 1 << 17), np.float32), np.zeros((1 << 17, 1), np.float32)],
    "MatMul": [np.zeros((1 << 17, 1), np.float32), np.zeros((1, 1 << 17), np.float32)],
    "Gather": [np.zeros((9, 1 << 14), np.float32), np.zeros(1 << 14, np.int64)],
}


@pytest.mark.parametrize("operator", LARGE)
def test_a_constant_too_large_to_hold_is_refused(graph_model, operator):
    weights = {f"w{i}": array for i, array in enumerate(LARGE[operator])}
    nodes = [node(operator, list(weights), ["c"]), node("Identity", ["c"], ["y"])]
    with pytest.raises(UnsupportedError, match="more than 134217728 elements"):
        import_onnx(graph_model(nodes, {}, ["y"], weights))


def test_a_constant_that_cannot_be_computed_names_its_node(graph_model):
    nodes = [node("Reshape", ["w", "shape"], ["c"], "impossible")]
    weights = {"w": np.zeros(5, np.float32), "shape": ints(2, 3)}
    with pytest.raises(UnsupportedError, match=r"node 'impossible' \(Reshape\)"):
        import_onnx(graph_model(nodes, {}, ["c"], weights))


def test_a_constant_that_doubles_and_doubles_is_refused(graph_model):
    """Soon, too: onnx takes its time where it is to propagate so many elements."""
    names = ["w", *(f"c{number}" for number in range(40))]
    nodes = [
        node("Concat", [before, before], [after], axis=0)
        for before, after in pairwise(names)
    ]
    model = graph_model(nodes, {}, names[-1:], {"w": np.zeros(2, np.float32)})
    start = times().user
    with pytest.raises(UnsupportedError, match="more than 134217728 elements"):
        import_onnx(model)
    assert times().user - start < SECONDS
