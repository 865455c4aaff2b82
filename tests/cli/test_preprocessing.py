"""`aipu run` on recordings and images, which the package knows how to prepare."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aipu import load
from aipu.frontends.preprocessing import Audio
from aipu.runtime.preprocessing.audio import features
from aipu.tests.cli.command import aipu, complaint
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter, audio_graph
from aipu.tests.small_model import INPUT, OUTPUT


@pytest.fixture(scope="module")
def spotter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that takes recordings."""
    folder = tmp_path_factory.mktemp("spotter")
    writer = GraphWriter()
    audio_graph(writer)
    (folder / "spotter.pb").write_bytes(writer.proto.SerializeToString())
    result = aipu("build", folder / "spotter.pb", "-o", folder / "package")
    assert result.exit_code == 0, result.output
    return folder / "package"


@pytest.fixture(scope="module")
def classifier(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that takes images."""
    folder = tmp_path_factory.mktemp("classifier")
    options = ("--mean", "1,2,3", "--scale", "0.5", "--channels", "BGR")
    result = aipu("build", model, "-o", folder / "package", *options)
    assert result.exit_code == 0, result.output
    return folder / "package"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    samples = np.random.default_rng(0).integers(-9999, 9999, 1000).astype("<i2")
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
    return tmp_path / "x.wav"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    return tmp_path / "x.png"


def test_a_recording(spotter: Path, recording: Path, tmp_path: Path) -> None:
    result = aipu("run", spotter, "--audio", recording, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "noise" not in result.stderr
    samples = np.frombuffer(recording.read_bytes()[-2000:], "<i2") / 32768
    audio = load(spotter).manifest.preprocessing["Mfcc"]
    assert isinstance(audio, Audio)
    prepared = features(audio, samples.astype(np.float32), 16000)
    expected = load(spotter).run({"Mfcc": prepared}).outputs["y"]
    assert np.array_equal(np.load(tmp_path / "out" / "y.npy"), expected)


def test_a_recording_of_another_rate_and_two_channels(
    spotter: Path, tmp_path: Path
) -> None:
    """A tone is the same to the network, at whatever rate it was recorded."""

    def result(name: str, rate: int, channels: int, *options: str) -> tuple:
        wave_ = np.sin(2 * np.pi * 440 * np.arange(rate // 8) / rate) * 9999
        samples = np.stack([wave_ * n for n in range(channels, 0, -1)], -1)
        path = tmp_path / f"{name}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(rate)
            # The mean of the channels is the same for any number of them.
            scaled = samples * 2 / (channels + 1)
            file.writeframes(np.rint(scaled).astype("<i2").tobytes())
        found = aipu("run", spotter, "--audio", path, "-o", tmp_path / name, *options)
        assert found.exit_code == 0, found.output
        return np.load(tmp_path / name / "y.npy"), found.stderr

    plain, said = result("plain", 16000, 1, "--rate", "16000")
    assert "resampled" not in said and "channels" not in said
    other, said = result("other", 44100, 2, "--rate", "16000")
    assert "resampled from 44100 to 16000 Hz" in said
    assert "the mean of its 2 channels is taken" in said
    assert np.abs(other - plain).max() <= 0.05 * np.abs(plain).max()
    _, said = result("unknown", 44100, 1)
    assert "taken at its 44100 Hz, as the model does not say a rate" in said


def test_an_image(classifier: Path, picture: Path, tmp_path: Path) -> None:
    result = aipu("run", classifier, "--image", picture, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    pixels = np.asarray(Image.open(picture), np.float32)[..., ::-1]
    prepared = ((pixels - np.array([1, 2, 3])) * 0.5).transpose(2, 0, 1)
    expected = load(classifier).run({INPUT: prepared[np.newaxis]}).outputs[OUTPUT]
    assert np.array_equal(np.load(tmp_path / "out" / f"{OUTPUT}.npy"), expected)


def test_the_package_says_how_images_are_prepared(classifier: Path) -> None:
    said = json.loads((classifier / "package.json").read_bytes())["preprocessing"]
    assert said[INPUT]["kind"] == "image"
    assert said[INPUT]["mean"] == [1.0, 2.0, 3.0]
    assert said[INPUT]["layout"] == "NCHW"


@pytest.fixture(scope="module")
def folded(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of `classifier`, which scales images itself."""
    folder = tmp_path_factory.mktemp("folded")
    options = ("--mean", "1,2,3", "--scale", "0.5", "--channels", "BGR", "--fold-image")
    result = aipu("build", model, "-o", folder / "package", *options)
    assert result.exit_code == 0, result.output
    return folder / "package"


def test_scaling_that_is_part_of_the_network(classifier: Path, folded: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3, 16, 16)).astype("f4")
    scaled = (pixels - np.array([1, 2, 3], "f4").reshape(3, 1, 1)) * np.float32(0.5)
    expected = load(classifier).reference({INPUT: scaled}, "float")[OUTPUT]
    found = load(folded).reference({INPUT: pixels}, "float")[OUTPUT]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_a_network_that_scales_takes_pixels(
    folded: Path, picture: Path, tmp_path: Path
) -> None:
    result = aipu("run", folded, "--image", picture, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    pixels = np.asarray(Image.open(picture), np.float32)[..., ::-1].transpose(2, 0, 1)
    expected = load(folded).run({INPUT: pixels[np.newaxis]}).outputs[OUTPUT]
    assert np.array_equal(np.load(tmp_path / "out" / f"{OUTPUT}.npy"), expected)
    assert all(row.equal for row in load(folded).verify())


def test_there_must_be_a_scaling_to_fold(model: Path, tmp_path: Path) -> None:
    said = complaint("build", model, "-o", tmp_path / "p", "--fold-image")
    assert "nothing says how images are scaled" in said
    assert "--mean, --scale" in said


def test_a_package_that_takes_no_recordings(package: Path, recording: Path) -> None:
    said = complaint("run", package, "--audio", recording)
    assert "this package takes no recordings" in said


def test_a_package_that_does_not_say_how(package: Path, picture: Path) -> None:
    said = complaint("run", package, "--image", picture)
    assert "does not say how images are scaled" in said
    assert "--mean" in said


def test_more_images_than_the_batch(classifier: Path, picture: Path) -> None:
    said = complaint("run", classifier, "--image", picture, "--image", picture)
    assert "2 files for a batch of 1" in said


def test_numbers_that_are_none(model: Path, tmp_path: Path) -> None:
    said = complaint("build", model, "-o", tmp_path / "p", "--mean", "1,x", code=2)
    assert "expected numbers" in said
