"""What a package takes as inputs: the model's stored integers, ids, scalars, states."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import aipu
import aipu.backend
from aipu.runtime.building.package import Package
from aipu.tests.cli.command import aipu as command
from aipu.tests.frontends.tflite.small_files import INPUT_SCALE, quantised_file

Arrays = Mapping[str, np.ndarray]
INPUTS = {
    TensorProto.FLOAT: np.float32,
    TensorProto.INT64: np.int64,
    TensorProto.INT16: np.int16,
    TensorProto.INT8: np.int8,
    TensorProto.UINT8: np.uint8,
}


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, tuple[int, Sequence[int]]],
    outputs: Sequence[str],
    **constants: np.ndarray,
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, *each) for name, each in inputs.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opset = helper.make_opsetid("", 21)
    return helper.make_model(graph, opset_imports=[opset], ir_version=10)


def built(source: onnx.ModelProto | Path, calibration: Arrays | None = None) -> Package:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return aipu.compile(source, calibration=calibration, strategy="layerwise")


def by_onnxruntime(source: onnx.ModelProto, inputs: Arrays) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(source.SerializeToString())
    return [np.asarray(array) for array in session.run(None, dict(inputs))]


def check(package: Package, source: onnx.ModelProto, inputs: Arrays) -> None:
    """Reals are those of onnxruntime, integers are near, all levels are equal."""
    expected = by_onnxruntime(source, inputs)
    reals, found = package.reference(inputs, "float"), package.run(inputs).outputs
    for name, theirs in zip(package.outputs, expected, strict=True):
        reach = np.abs(theirs).max()
        assert reals[name].shape == found[name].shape == theirs.shape
        assert np.abs(reals[name] - theirs).max() <= 1e-4 * reach
        assert np.abs(found[name] - theirs).max() <= 0.1 * reach
    assert all(row.equal for row in package.verify(inputs))


class TestStoredIntegers:
    """uint8 and int8 of a quantised TFLite model are the reals they stand for."""

    @pytest.fixture(params=["uint8", "int8"])
    def dtype(self, request: pytest.FixtureRequest) -> str:
        return request.param

    @pytest.fixture
    def package(self, dtype: str, tmp_path: Path) -> Package:
        (tmp_path / "model.tflite").write_bytes(quantised_file(dtype))
        return built(tmp_path / "model.tflite")

    @pytest.fixture
    def stored(self, dtype: str, generator: np.random.Generator) -> np.ndarray:
        info = np.iinfo(dtype)
        return generator.integers(info.min, info.max + 1, (1, 8, 8, 3)).astype(dtype)

    @pytest.fixture
    def reals(self, dtype: str, stored: np.ndarray) -> np.ndarray:
        zero_point = 123 if dtype == "uint8" else -5
        return ((stored.astype(float) - zero_point) * INPUT_SCALE).astype(np.float32)

    def test_everywhere(self, package, stored, reals):
        ours, theirs = {"image": stored}, {"image": reals}
        for level in ("float", "quantised"):
            found = package.reference(ours, level)["scores"]
            assert np.array_equal(found, package.reference(theirs, level)["scores"])
        found = package.run(ours).outputs["scores"]
        assert np.array_equal(found, package.run(theirs).outputs["scores"])
        assert package.verify(ours) == package.verify(theirs)

    def test_of_a_package_that_was_kept(self, package, stored, reals, tmp_path):
        package.save(tmp_path / "kept")
        kept = aipu.load(tmp_path / "kept")
        np.save(tmp_path / "stored.npy", stored)
        expected = package.run({"image": reals}).outputs["scores"]
        assert np.array_equal(kept.run({"image": stored}).outputs["scores"], expected)
        arguments = [
            "--input",
            f"image={tmp_path / 'stored.npy'}",
            "-o",
            tmp_path / "o",
        ]
        result = command("run", tmp_path / "kept", *arguments)
        assert result.exit_code == 0, result.output
        assert np.array_equal(np.load(tmp_path / "o" / "scores.npy"), expected)

    def test_other_integers_are_refused_with_both_readings(
        self, package, stored, dtype
    ):
        for run in (package.run, package.reference, package.verify):
            with pytest.raises(aipu.AipuError) as caught:
                run({"image": stored.astype(np.int32)})
            assert "0.02 * (stored - " in str(caught.value)
            assert "array.astype('float32')" in str(caught.value)
            assert f"array.astype('{dtype}')" in str(caught.value)


def test_integers_for_a_real_input_are_refused(generator):
    source = model(
        [helper.make_node("Relu", ["x"], ["y"])],
        {"x": (TensorProto.FLOAT, [1, 8])},
        ["y"],
    )
    with pytest.raises(aipu.AipuError) as caught:
        built(source).run({"x": generator.integers(0, 9, (1, 8))})
    assert "expected reals (float32), found int64" in str(caught.value)
    assert "(array - mean) * scale" in str(caught.value)


WEIGHT = np.random.default_rng(1).normal(size=(4, 3, 3, 3)).astype(np.float32)


@pytest.mark.parametrize(
    "kind, zero_point, before",
    [
        (TensorProto.INT8, -3, []),
        (TensorProto.INT8, None, []),
        (TensorProto.UINT8, 120, []),
        (TensorProto.INT16, 5, []),
        (
            TensorProto.INT8,
            7,
            [helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2])],
        ),
    ],
)
def test_a_model_of_onnx_that_begins_with_integers(kind, zero_point, before, generator):
    """With a DequantizeLinear; also without its zero point, or behind a move."""
    dtype = INPUTS[kind]
    constants = {"scale": np.array(0.02, np.float32), "w": WEIGHT}
    reads = ["t" if before else "x", "scale"]
    if zero_point is not None:
        constants["zero"] = np.array(zero_point, dtype)
        reads.append("zero")
    nodes = [
        *before,
        helper.make_node("DequantizeLinear", reads, ["d"]),
        helper.make_node("Conv", ["d", "w"], ["y"]),
    ]
    shape = [1, 8, 8, 3] if before else [1, 3, 8, 8]
    source = model(nodes, {"x": (kind, shape)}, ["y"], **constants)
    info = np.iinfo(dtype)
    x = {"x": generator.integers(info.min, info.max + 1, shape).astype(dtype)}
    check(built(source), source, x)
    (found,) = aipu.backend.run_model(source, [x["x"]])
    (expected,) = by_onnxruntime(source, x)
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_integers_that_two_nodes_read_in_two_scales(generator):
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "one"], ["a"]),
        helper.make_node("DequantizeLinear", ["x", "other"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["s"]),
        helper.make_node("Conv", ["s", "w"], ["y"]),
    ]
    scales = {"one": np.array(0.02, np.float32), "other": np.array(0.05, np.float32)}
    inputs = {"x": (TensorProto.INT8, [1, 3, 8, 8])}
    source = model(nodes, inputs, ["y"], w=WEIGHT, **scales)
    x = generator.integers(-128, 128, (1, 3, 8, 8)).astype(np.int8)
    check(built(source), source, {"x": x})


def test_pictures_as_they_are_with_pictures_to_calibrate_by(generator):
    nodes = [
        helper.make_node("Cast", ["x"], ["c"], to=TensorProto.FLOAT),
        helper.make_node("Conv", ["c", "w"], ["y"]),
    ]
    inputs = {"x": (TensorProto.UINT8, [1, 3, 8, 8])}
    source = model(nodes, inputs, ["y"], w=WEIGHT)
    pictures = generator.integers(0, 256, (17, 3, 8, 8)).astype(np.uint8)
    package = built(source, {"x": pictures[1:]})
    check(package, source, {"x": pictures[:1]})


def test_ids_pick_rows_of_a_table(generator):
    """Noise for want of data is ids of the table, too: any other would be an error."""
    table = generator.normal(size=(5, 16)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "x"], ["e"]),
        helper.make_node("MatMul", ["e", "w"], ["y"]),
    ]
    weight = generator.normal(size=(16, 4)).astype(np.float32)
    inputs = {"x": (TensorProto.INT64, [1, 6])}
    source = model(nodes, inputs, ["y"], table=table, w=weight)
    ids = generator.integers(0, 5, (1, 6))
    for calibration in (None, {"x": generator.integers(0, 5, (9, 6))}):
        package = built(source, calibration)
        check(package, source, {"x": ids})
        assert set(package.noise()["x"].flat) <= set(range(5))


def test_a_scalar_goes_in_and_another_comes_out(generator):
    nodes = [
        helper.make_node("Mul", ["x", "gain"], ["y"]),
        helper.make_node("ReduceMean", ["y"], ["mean"], keepdims=0),
    ]
    inputs = {"x": (TensorProto.FLOAT, [2, 8]), "gain": (TensorProto.FLOAT, [])}
    source = model(nodes, inputs, ["y", "mean"])
    x = generator.normal(size=(2, 8)).astype(np.float32)
    samples = {"x": generator.normal(size=(9, 2, 8)), "gain": generator.random(9) + 0.5}
    package = built(source, samples)
    check(package, source, {"x": x, "gain": np.array(0.75, np.float32)})
    several = package.reference(
        {"x": np.stack([x, -x]), "gain": np.ones(2, np.float32)}
    )
    assert several["y"].shape == (4, 8)
    assert several["mean"].shape == (2,)


def test_a_state_beside_a_sequence(generator):
    """[batch, time, features], and [directions, batch, cells], which may start at 0."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
        helper.make_node(
            "RNN",
            ["t", "w", "r", "b", "", "h"],
            ["y", "last"],
            hidden_size=4,
            direction="bidirectional",
        ),
    ]
    weights = {
        "w": generator.normal(size=(2, 4, 6)).astype(np.float32),
        "r": generator.normal(size=(2, 4, 4)).astype(np.float32),
        "b": generator.normal(size=(2, 8)).astype(np.float32),
    }
    inputs = {"x": (TensorProto.FLOAT, [1, 3, 6]), "h": (TensorProto.FLOAT, [2, 1, 4])}
    source = model(nodes, inputs, ["y", "last"], **weights)
    x = generator.normal(size=(32, 3, 6)).astype(np.float32)
    h = np.tanh(generator.normal(size=(64, 1, 4))).astype(np.float32)
    one = {"x": x[:1], "h": h[:2]}
    along, apart = {"x": x, "h": h}, {"x": x, "h": h.reshape(32, 2, 1, 4)}
    for samples in (None, along, apart):
        check(built(source, samples), source, one)
    package = built(source, {"x": x, "h": np.zeros_like(h)})
    check(package, source, one | {"h": np.zeros((2, 1, 4), np.float32)})
    many = package.reference(along)["y"]
    assert np.array_equal(many, package.reference(apart)["y"])
    assert np.array_equal(many[:3], package.reference(one)["y"])


@pytest.mark.parametrize(
    "shapes", [([6, 1], [1, 7]), ([2, 1, 3], [5, 1]), ([4, 1, 6, 5], [3, 6, 1])]
)
def test_two_inputs_that_broadcast_to_each_other(shapes, generator):
    one, other = shapes
    source = model(
        [helper.make_node("Mul", ["x", "z"], ["y"])],
        {"x": (TensorProto.FLOAT, one), "z": (TensorProto.FLOAT, other)},
        ["y"],
    )
    x = generator.uniform(-1, 1, one).astype(np.float32)
    z = generator.uniform(-1, 1, other).astype(np.float32)
    check(built(source), source, {"x": x, "z": z})


@pytest.mark.parametrize(
    ("operator", "shape", "extents"),
    [
        ("Tile", [1, 3, 1, 4], [2, 2, 5, 1]),
        ("Tile", [2, 3, 1, 4], [3, 1, 2, 2]),
        ("Expand", [1, 3, 1, 4], [2, 3, 5, 4]),
        ("Expand", [3, 1, 4], [2, 3, 5, 4]),
        ("Expand", [1, 1, 1, 1], [4, 3, 2, 5]),
    ],
)
def test_what_is_repeated_along_the_batch_and_another_axis(
    operator, shape, extents, generator
):
    nodes = [
        helper.make_node("Tanh", ["x"], ["t"]),
        helper.make_node(operator, ["t", "extents"], ["y"]),
    ]
    inputs = {"x": (TensorProto.FLOAT, shape)}
    source = model(nodes, inputs, ["y"], extents=np.array(extents, np.int64))
    x = generator.normal(size=shape).astype(np.float32)
    check(built(source), source, {"x": x})
