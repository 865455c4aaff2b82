"""`aipu run` answers in words, and draws what it found."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from PIL import Image

import aipu as project
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import OUTPUT, save

RED = (230, 25, 75)
LABELS = "".join(f"thing {number}\n" for number in range(10))


def finder() -> ModelProto:
    """One box, always at the same place: the right half of the middle."""
    box = np.array([[[0.5, 0.25, 1.0, 0.75]]], np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["mean"]),
        helper.make_node("Reshape", ["mean", "shape"], ["flat"]),
        helper.make_node("Mul", ["flat", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "box"], ["boxes"]),
        helper.make_node("Sigmoid", ["flat"], ["scores"]),
    ]
    constants = {
        "shape": np.array([1, 1, 1]),
        "nothing": np.zeros((1, 1, 4), np.float32),
        "box": box,
    }
    graph = helper.make_graph(
        nodes,
        "finder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, (1, 1, 8, 8))],
        [
            helper.make_tensor_value_info("boxes", TensorProto.FLOAT, (1, 1, 4)),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, (1, 1, 1)),
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that finds one thing in each bright image."""
    folder = tmp_path_factory.mktemp("finder")
    save(finder(), folder / "finder.onnx")
    (folder / "labels.txt").write_text("thing\n")
    samples = np.stack([np.full((1, 8, 8), end, np.float32) for end in (0, 2.55)])
    np.save(folder / "samples.npy", samples)
    calibration = ("--calibration", folder / "samples.npy")
    options = (*calibration, "--channels", "GREY", "--scale", "0.01", "--labels")
    command = ("build", folder / "finder.onnx", "-o", folder / "package", *options)
    result = aipu(*command, folder / "labels.txt")
    assert result.exit_code == 0, result.output
    return folder / "package"


@pytest.fixture
def bright(tmp_path: Path) -> Path:
    Image.new("RGB", (200, 100), "white").save(tmp_path / "bright.png")
    return tmp_path / "bright.png"


def test_a_class_by_its_label(model: Path, samples: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text(LABELS)
    package = tmp_path / "package"
    options = ("--calibration", samples, "--labels", labels, "--answer", "top=2")
    assert aipu("build", model, "-o", package, *options).exit_code == 0
    result = aipu("run", package, "--json")
    said = json.loads(result.stdout)
    ((first, second),) = said["answers"]
    best, then, *_ = said["outputs"][OUTPUT]["best"][0]
    assert first == {**best, "label": f"thing {best['number']}"}
    assert second["number"] == then["number"]
    assert f"thing {best['number']}" in aipu("run", package).stdout
    loaded = project.load(package)
    outputs = loaded.run(loaded.own_runs()[0]).outputs
    ((named, _),) = loaded.answers(outputs)
    assert named._asdict() == first


def test_objects_are_in_pixels_of_the_image(finding: Path, bright: Path) -> None:
    said = json.loads(aipu("run", finding, "--image", bright, "--json").stdout)
    ((found,),) = said["answers"]
    assert found["label"] == "thing"
    assert found["score"] == pytest.approx(1 / (1 + np.exp(-2.55)), abs=0.01)
    sides = [found[side] for side in ("left", "top", "right", "bottom")]
    assert sides == pytest.approx([100, 25, 200, 75], abs=1)


def test_objects_are_drawn(finding: Path, bright: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.png"
    result = aipu("run", finding, "--image", bright, "--draw", path)
    assert f"wrote {path}" in result.stderr
    pixels = np.asarray(Image.open(path))
    assert pixels.shape == (100, 200, 3)
    assert all(tuple(pixels[row, 150]) == RED for row in (25, 75))
    assert tuple(pixels[60, 100]) == RED
    assert (pixels[30:70, 110:190] == 255).all()
    assert (pixels[:, :90] == 255).all()


def test_nothing_is_found_in_the_dark(finding: Path, tmp_path: Path) -> None:
    path = tmp_path / "dark.png"
    Image.new("L", (8, 8)).save(path)
    assert "dark.png  nothing" in aipu("run", finding, "--image", path).stdout


def test_only_what_finds_objects_draws_them(
    package: Path, finding: Path, bright: Path, tmp_path: Path
) -> None:
    drawing = ("--draw", tmp_path / "found.png")
    assert "takes one --image" in complaint("run", finding, *drawing, code=2)
    said = complaint("run", package, "--image", bright, *drawing)
    assert "this package does not say where objects are" in said
    said = complaint("run", finding, "--image", bright, "--draw", tmp_path)
    assert str(tmp_path) in said


def test_labels_that_do_not_fit(model: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("cat\ndog\n")
    command = ("build", model, "-o", tmp_path / "package", "--labels", labels)
    assert "2 labels for the 10 classes of" in complaint(*command)
    assert not (tmp_path / "package").exists()
