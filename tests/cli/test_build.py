"""`aipu build`: what it prints, and what it leaves."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import numpy_helper

from aipu import compile, load
from aipu.runtime.building.levels import FILES
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import INPUT, images, model_of, save, small_model

FILES_OF_A_PACKAGE = {
    "aipu.bin",
    "package.json",
    "report.json",
    "weights.npz",
    "samples.npz",
    *FILES.values(),
}


def files(folder: Path) -> dict[str, bytes]:
    """All files in a folder, by their path in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_package_is_built(package: Path) -> None:
    assert set(files(package)) == FILES_OF_A_PACKAGE


def test_the_report_is_printed(model: Path, samples: Path, tmp_path: Path) -> None:
    result = aipu("build", model, "-o", tmp_path / "out", "--calibration", samples)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert f"{report['fps']:.2f} FPS" in result.stdout
    assert all(layer["name"] in result.stdout for layer in report["layers"])
    assert result.stderr == ""


def test_json_is_the_report_alone(model: Path, tmp_path: Path) -> None:
    result = aipu("build", model, "-o", tmp_path / "out", "--json")
    assert result.stdout == (tmp_path / "out" / "report.json").read_text()


def test_two_builds_are_the_same_bytes(
    model: Path, samples: Path, tmp_path: Path
) -> None:
    for folder in ("once", "again"):
        result = aipu("build", model, "-o", tmp_path / folder, "--calibration", samples)
        assert result.exit_code == 0, result.output
    assert files(tmp_path / "again") == files(tmp_path / "once")


def test_noise_is_a_warning(model: Path, tmp_path: Path) -> None:
    result = aipu("build", model, "-o", tmp_path / "out")
    assert "aipu: warning: no calibration data" in result.stderr
    assert load(tmp_path / "out").manifest.calibration == "noise"


def test_options_of_the_quantiser_are_its_own(
    package: Path, model: Path, samples: Path, tmp_path: Path
) -> None:
    arguments = ["build", model, "-o", tmp_path / "out", "--calibration", samples]
    result = aipu(*arguments, "--quantise", "method=mean")
    assert "prepare{target=r329 method=mean data=" in result.stdout
    text = (tmp_path / "out" / FILES["quantised"]).read_text()
    assert text != (package / FILES["quantised"]).read_text()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("metod=mean", "no pass of the pipeline 'quantise' has an option 'metod'"),
        ("method=maen", "did you mean 'mean'"),
        ("percentile=many", "percentile"),
    ],
)
def test_a_wrong_option_of_the_quantiser_is_told(
    setting: str, expected: str, model: Path, tmp_path: Path
) -> None:
    arguments = ("build", model, "-o", tmp_path / "out", "--quantise", setting)
    assert expected in complaint(*arguments)
    assert not (tmp_path / "out").exists()


def test_an_option_of_the_quantiser_has_a_value(model: Path, tmp_path: Path) -> None:
    arguments = ("build", model, "-o", tmp_path / "out", "--quantise", "method")
    assert "expected NAME=VALUE, found method" in complaint(*arguments, code=2)


def test_operators_run_where_they_are_pinned(model: Path, tmp_path: Path) -> None:
    """And the line that makes the level again says so, as it is typed in a shell."""
    pins = ["--host", "second", "--host", "type:add", "--machine", "sco*"]
    result = aipu("build", model, "-o", tmp_path / "out", *pins)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    reasons = {each["name"]: each["reason"] for each in report["host"]["operators"]}
    assert reasons["second"] == reasons["sum"] == "it is pinned to the host"
    assert "scores" not in reasons
    assert 'host="second","type:add" machine="sco*"' in result.stdout
    same = compile(
        str(model), host=["second", "type:add"], machine=["sco*"], random_weights=None
    )
    assert same.report == report


@pytest.mark.parametrize("command", ["build", "inspect"])
@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        (["--host", "secnd"], "did you mean 'second'?"),
        (["--machine", "normal"], "r329 cannot run it: the machine has no nn.lrn"),
        (["--host", "*", "--machine", "sum"], "contradict each other"),
        (["--host", 'a"b'], "a pattern cannot hold a double quote"),
    ],
)
def test_a_pin_that_cannot_be_is_told(
    command: str, pins: list[str], expected: str, model: Path, tmp_path: Path
) -> None:
    folder = ["-o", tmp_path / "out"] if command == "build" else []
    assert expected in complaint(command, model, *folder, *pins)
    assert not (tmp_path / "out").exists()


def test_random_weights_are_a_warning(tmp_path: Path) -> None:
    weightless = small_model()
    del weightless.graph.initializer[:]
    for name, shape in {
        "w1": (8, 3, 3, 3),
        "b1": (8,),
        "w2": (8, 1, 3, 3),
        "w3": (16, 8, 1, 1),
        "w4": (10, 16),
    }.items():
        value = weightless.graph.input.add()
        value.name = name
        value.type.tensor_type.elem_type = 1
        for extent in shape:
            value.type.tensor_type.shape.dim.add().dim_value = extent
    path = save(weightless, tmp_path / "weightless.onnx")
    result = aipu("build", path, "-o", tmp_path / "out", "--random-weights", "3")
    assert result.exit_code == 0, result.output
    assert "aipu: warning: random weights" in result.stderr


def test_a_network_for_the_host_only_is_a_warning(tmp_path: Path) -> None:
    path = save(model_of("Softmax", [1, 10]), tmp_path / "softmax.onnx")
    result = aipu("build", path, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "the machine runs nothing of this network" in result.stderr


def test_a_network_of_constants_needs_no_machine(tmp_path: Path) -> None:
    constant = model_of("Relu", [1, 4])
    array = np.array([[-1, 0, 1, 2]], np.float32)
    constant.graph.initializer.append(numpy_helper.from_array(array, "w"))
    constant.graph.node[0].input[0] = "w"
    path = save(constant, tmp_path / "constant.onnx")
    result = aipu("build", path, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "the machine runs nothing of this network" in result.stderr
    assert aipu("run", tmp_path / "out", "-o", tmp_path / "results").exit_code == 0
    written = np.load(tmp_path / "results" / "y.npy")
    assert written.tolist() == [[0, 0, 1, 2]]


def test_options_reach_the_package(model: Path, tmp_path: Path) -> None:
    arguments = ["--target", "gemmini-16x16", "--batch", "3", "--output", "mean"]
    assert aipu("build", model, "-o", tmp_path / "out", *arguments).exit_code == 0
    built = load(tmp_path / "out")
    assert built.manifest.target == "gemmini-16x16"
    assert built.outputs["mean"].shape == (3, 16, 1, 1)


def test_a_shape_is_given(tmp_path: Path) -> None:
    path = save(small_model(("n", 3, "h", "w")), tmp_path / "open.onnx")
    assert "add --shape image=" in complaint("build", path, "-o", tmp_path / "out")
    shape = ["--shape", "image=1x3x24x32"]
    assert aipu("build", path, "-o", tmp_path / "out", *shape).exit_code == 0
    assert load(tmp_path / "out").inputs[INPUT].shape == (1, 3, 24, 32)


def test_calibration_by_a_folder_is_calibration_by_an_array(
    model: Path, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "samples").mkdir()
    for number, image in enumerate(images(8)):
        np.save(tmp_path / "samples" / f"{number:04}.npy", image)
    arguments = ["--calibration", tmp_path / "samples", "--strategy", "layerwise"]
    assert aipu("build", model, "-o", tmp_path / "out", *arguments).exit_code == 0
    binary = (tmp_path / "out" / "aipu.bin").read_bytes()
    assert binary == (package / "aipu.bin").read_bytes()


def test_a_few_samples_stay_in_the_package(package: Path) -> None:
    kept = load(package).samples[INPUT]
    assert kept.tolist() == images(8)[[0, 2, 4, 7]].tolist()


def test_no_samples_stay_if_none_are_wanted(
    model: Path, samples: Path, tmp_path: Path
) -> None:
    arguments = ["--calibration", samples, "--no-samples"]
    assert aipu("build", model, "-o", tmp_path / "out", *arguments).exit_code == 0
    assert set(files(tmp_path / "out")) == FILES_OF_A_PACKAGE - {"samples.npz"}
    assert "verified on 2 draws of noise" in aipu("verify", tmp_path / "out").stderr


def test_a_package_is_replaced(copy: Path, model: Path) -> None:
    assert aipu("build", model, "-o", copy, "--target", "r329-600mhz").exit_code == 0
    assert set(files(copy)) == FILES_OF_A_PACKAGE - {"samples.npz"}
    assert load(copy).manifest.target == "r329-600mhz"


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--target", "r328", "no target 'r328'\n  did you mean 'r329'?"),
        ("--strategy", "layrewise", "did you mean 'layerwise'?"),
        ("--output", "scoers", "did you mean 'scores'?"),
        ("--input", "frist", "did you mean 'first'?"),
        ("--shape", "imgae=1x3x8x8", "did you mean 'image'?"),
    ],
)
def test_the_nearest_name_is_suggested(
    option: str, value: str, words: str, model: Path, tmp_path: Path
) -> None:
    assert words in complaint("build", model, "-o", tmp_path / "out", option, value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument 'MODEL'"),
        (["model.onnx"], "Missing option '-o'"),
        (["model.onnx", "-o", "x", "--tagret", "r329"], "'--target'"),
        (["model.onnx", "-o", "x", "--batch", "0"], "not in the range"),
        (["model.onnx", "-o", "x", "--shape", "image"], "NAME=1x3x224x224"),
        (["model.onnx", "-o", "x", "--random-weights", "a"], "not a valid integer"),
    ],
)
def test_usage_errors(arguments: list[str], words: str) -> None:
    assert words in complaint("build", *arguments, code=2)
