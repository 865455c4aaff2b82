"""What a layer is compared with: the very value that it stands for, and no other."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import NodeProto, helper, numpy_helper

import aipu
from aipu.runtime.building.package import Package
from aipu.runtime.building.verify import NO_PARTNER, Row

RANDOM = np.random.default_rng(5)

WEIGHTS = {
    "w": RANDOM.normal(0, 0.3, (4, 3, 3, 3)),
    "square": RANDOM.normal(0, 0.5, (4, 4)),
    "far": np.array([300.0, -300.0, 2.0, 0.0]),
}


def model(
    nodes: Sequence[NodeProto], shape: Sequence[int], outputs: Sequence[str]
) -> onnx.ModelProto:
    """Nodes from `x`, of a shape, and the weights that they read."""
    read = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", 1, shape)],
        [helper.make_tensor_value_info(name, 1, None) for name in outputs],
        [
            numpy_helper.from_array(array.astype(np.float32), name)
            for name, array in WEIGHTS.items()
            if name in read
        ],
    )
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def samples(count: int, shape: Sequence[int]) -> np.ndarray:
    return np.random.default_rng(6).normal(0, 1, (count, *shape)).astype(np.float32)


def rows(package: Package, inputs: np.ndarray | None = None) -> dict[str, Row]:
    """The rows of the binary, by their names."""
    found = package.verify(None if inputs is None else {"x": inputs})
    assert all(row.equal for row in found)
    return {row.name: row for row in found if row.level == "binary"}


def sqnr(reference: np.ndarray, values: np.ndarray) -> float:
    noise = np.square(reference.astype(np.float64) - values).sum()
    return 10 * float(np.log10(np.square(reference.astype(np.float64)).sum() / noise))


def test_a_convolution_that_is_an_output_is_compared_in_one_layout() -> None:
    """The output is NCHW, the machine's tensor NHWC, of one size."""
    made = model(
        [helper.make_node("Conv", ["x", "w"], ["y"], "y", pads=[1, 1, 1, 1])],
        [1, 3, 4, 4],
        ["y"],
    )
    package = aipu.compile(made, calibration=samples(16, (3, 4, 4)))
    x = samples(3, (3, 4, 4))
    session = onnxruntime.InferenceSession(made.SerializeToString())
    expected = np.concatenate(
        [np.asarray(session.run(None, {"x": x[n : n + 1]})[0]) for n in range(3)]
    )
    found = np.concatenate(
        [package.run({"x": x[n : n + 1]}).outputs["y"] for n in range(3)]
    )
    assert rows(package, x)["y"].sqnr_db == pytest.approx(sqnr(expected, found), 1e-4)
    assert sqnr(expected, found) > 30


def test_names_that_a_model_gives_twice_are_told_apart() -> None:
    """A loop that was unrolled has the same names in every step."""
    nodes: list[NodeProto] = []
    state = "x"
    for step in range(5):
        nodes.append(
            helper.make_node("MatMul", [state, "square"], [f"m{step}"], "cell")
        )
        nodes.append(helper.make_node("Tanh", [f"m{step}"], [f"t{step}"], "cell"))
        state = f"t{step}"
    made = model(nodes, [1, 4], [state])
    found = rows(
        aipu.compile(made, calibration=samples(32, (4,)), strategy="layerwise")
    )
    assert len(found) == 10
    assert all(row.cosine is not None and row.cosine > 0.99 for row in found.values())


def test_a_mean_is_not_compared_with_its_sum() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], "c", pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["c"], ["m"], "m"),
        helper.make_node("Mul", ["m", "m"], ["y"], "y"),
    ]
    found = rows(
        aipu.compile(
            model(nodes, [1, 3, 4, 4], ["y"]),
            calibration=samples(16, (3, 4, 4)),
            strategy="layerwise",
        )
    )
    assert all(row.cosine is not None and row.cosine > 0.98 for row in found.values())


def test_what_no_reader_can_tell_apart_is_cut_and_said() -> None:
    """A sigmoid gets sums of some hundreds, of which it can tell but six apart."""
    nodes = [
        helper.make_node("MatMul", ["x", "square"], ["m"], "m"),
        helper.make_node("Mul", ["m", "far"], ["f"], "f"),
        helper.make_node("Add", ["f", "m"], ["a"], "a"),
        helper.make_node("Sigmoid", ["a"], ["y"], "y"),
    ]
    package = aipu.compile(
        model(nodes, [1, 4], ["y"]),
        calibration=samples(64, (4,)),
        strategy="layerwise",
    )
    found = rows(package, samples(8, (4,)))
    cut = found["a"]
    assert cut.remark == "within -6.234 and 6.234"
    assert cut.cosine is not None
    assert cut.cosine > 0.99


def test_all_samples_count() -> None:
    made = model(
        [helper.make_node("MatMul", ["x", "square"], ["y"], "y")], [1, 4], ["y"]
    )
    package = aipu.compile(made, calibration=samples(16, (4,)))
    x = samples(5, (4,))
    expected = x.astype(np.float64) @ WEIGHTS["square"].astype(np.float32)
    found = np.concatenate([package.run({"x": each[None]}).outputs["y"] for each in x])
    assert rows(package, x)["y"].sqnr_db == pytest.approx(sqnr(expected, found), 1e-4)


def test_what_stands_for_nothing_has_no_figure(tmp_path: Path) -> None:
    made = model(
        [helper.make_node("MatMul", ["x", "square"], ["y"], "y")], [1, 4], ["y"]
    )
    aipu.compile(made, calibration=samples(16, (4,))).save(tmp_path / "package")
    tile = tmp_path / "package" / "levels" / "tile.mlir"
    tile.write_text(tile.read_text().replace('stands_for = "y"', 'stands_for = "z"'))
    row = rows(aipu.load(tmp_path / "package"))["y"]
    assert (row.cosine, row.sqnr_db, row.remark) == (None, None, NO_PARTNER)


def test_a_model_of_integers_is_not_blamed_for_its_own_rounding() -> None:
    """What the model rounds to integers of its own is right as it is."""
    made = model(
        [
            helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], "q"),
            helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"], "d"),
            helper.make_node("Sigmoid", ["d"], ["r"], "r"),
            helper.make_node("QuantizeLinear", ["r", "t", "z"], ["p"], "p"),
            helper.make_node("DequantizeLinear", ["p", "t", "z"], ["y"], "y"),
        ],
        [1, 64],
        ["y"],
    )
    for name, array in {
        "s": np.float32(0.1),
        "t": np.float32(0.05),
        "z": np.int8(3),
    }.items():
        made.graph.initializer.append(numpy_helper.from_array(np.array(array), name))
    found = rows(aipu.compile(made), samples(3, (64,)))
    assert found
    assert all(row.sqnr_db == float("inf") for row in found.values())
