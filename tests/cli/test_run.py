"""`aipu run`: outputs and cycles of a package."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from aipu import load
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.small_model import INPUT, OUTPUT, images, model_of


@pytest.fixture
def image(tmp_path: Path) -> Path:
    np.save(tmp_path / "image.npy", images(1))
    return tmp_path / "image.npy"


def test_outputs_and_cycles_are_printed(package: Path, image: Path) -> None:
    result = aipu("run", package, "--input", f"{INPUT}={image}")
    scores = load(package).reference({INPUT: images(1)})[OUTPUT]
    assert f"{scores.min():.6g}" in result.stdout
    assert f"{scores.max():.6g}" in result.stdout
    assert f"{load(package).profile.cycles:,} cycles" in result.stdout
    assert result.stderr == ""


def test_the_best_classes_come_first(package: Path, image: Path) -> None:
    result = aipu("run", package, "--input", f"{INPUT}={image}", "--json")
    scores = load(package).reference({INPUT: images(1)})[OUTPUT][0]
    (best,) = json.loads(result.stdout)["outputs"][OUTPUT]["best"]
    assert [each["number"] for each in best] == np.argsort(-scores)[:5].tolist()


def test_without_an_input_it_runs_on_what_it_keeps_and_says_so(package: Path) -> None:
    first = aipu("run", package, "--json")
    assert "the first of 4 calibration samples of the package" in first.stderr
    expected = load(package).reference({INPUT: images(1)})[OUTPUT]
    (found,) = json.loads(first.stdout)["outputs"].values()
    assert found["max"] == pytest.approx(float(expected.max()))


def test_without_any_samples_there_is_noise_and_it_says_so(copy: Path) -> None:
    (copy / "samples.npz").unlink()
    first, second = aipu("run", copy), aipu("run", copy)
    assert "the inputs are the first of 2 draws of noise" in first.stderr
    assert first.stdout == second.stdout


def test_outputs_are_written(package: Path, image: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    aipu("run", package, "--input", f"{INPUT}={image}", "-o", out)
    assert [path.name for path in out.iterdir()] == [f"{OUTPUT}.npy"]
    expected = load(package).reference({INPUT: images(1)})[OUTPUT]
    assert (np.load(out / f"{OUTPUT}.npy") == expected).all()


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (images(2), "expected shape [1, 3, 16, 16], found [2, 3, 16, 16]"),
        (images(1)[0], "expected shape [1, 3, 16, 16], found [3, 16, 16]"),
        (np.full((1, 3, 16, 16), "x"), "expected numbers"),
    ],
)
def test_an_input_that_does_not_fit(
    array: np.ndarray, words: str, package: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "bad.npy", array)
    message = complaint(
        "run",
        package,
        "--input",
        f"{INPUT}={tmp_path / 'bad.npy'}",
        "-o",
        tmp_path / "o",
    )
    assert f"input '{INPUT}': {words}" in message
    assert not (tmp_path / "o").exists()


def test_an_input_of_a_wrong_name(package: Path, image: Path) -> None:
    message = complaint("run", package, "--input", f"imgae={image}")
    assert message == "aipu: no input 'imgae'\n  did you mean 'image'?\n"


def test_an_input_without_a_name(package: Path, image: Path) -> None:
    message = complaint("run", package, "--input", image, code=2)
    assert "expected NAME=X.npy" in message


@pytest.mark.parametrize("command", ["run", "verify", "report"])
def test_a_folder_that_is_no_package(command: str, tmp_path: Path) -> None:
    message = complaint(command, tmp_path)
    assert "no package here: package.json is missing" in message


def test_outputs_do_not_replace_a_file(package: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    message = complaint("run", package, "-o", tmp_path / "file")
    assert "cannot make this folder" in message
    assert (tmp_path / "file").read_text() == "old"


def test_outputs_that_are_not_finite_are_warned_of(tmp_path: Path) -> None:
    """Of 64 elements below 0 a root has none; the float network says so too."""
    model_file, samples = tmp_path / "root.onnx", tmp_path / "x.npy"
    onnx.save(model_of("Sqrt", [1, 64]), model_file)
    np.save(samples, np.random.default_rng(0).uniform(0.1, 1, (16, 64)))
    np.save(tmp_path / "below.npy", np.full((1, 64), -1, np.float32))
    folder = tmp_path / "root"
    assert (
        aipu(
            "build", model_file, "-o", folder, "--calibration", samples, "--host", "*"
        ).exit_code
        == 0
    )
    (name,) = load(folder).inputs
    below = aipu("run", folder, "--input", f"{name}={tmp_path / 'below.npy'}")
    assert below.exit_code == 0
    assert "64 of 64 elements are not finite" in below.stderr
    assert "not finite" not in aipu("run", folder).stderr


def test_an_input_far_out_of_the_calibrated_range_is_told(
    package: Path, tmp_path: Path
) -> None:
    """Every element is cut off but those near zero; as the samples, none is."""
    for factor, told in ((1, False), (20, True)):
        np.save(tmp_path / "scaled.npy", factor * images(1))
        found = aipu("run", package, "--input", f"{INPUT}={tmp_path / 'scaled.npy'}")
        assert (f"input '{INPUT}': " in found.stderr) is told
        assert ("calibrate on samples like this one" in found.stderr) is told
