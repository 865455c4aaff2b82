"""It answers when spoken to, and knows a face."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aipu.tests.cli.command import aipu

FACE = (96, 46, 137, 95)
"""Where the musician's face is in her photograph: left, top, right, bottom; by eye."""

MUSICIAN = "0432"
PEOPLE = ("0452", "0240")


@pytest.fixture(scope="module")
def spotter(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = tmp_path_factory.mktemp("kws") / "package"
    models = shared / "models" / "kws"
    command = ("build", models / "DS_CNN_S.pb", "-o", package)
    result = aipu(*command, "--labels", models / "labels.txt")
    assert result.exit_code == 0, result.output
    return package


@pytest.mark.parametrize(
    ("clip", "word"), [("yes", "yes"), ("no", "no"), ("silence", "_silence_")]
)
def test_it_says_the_word(spotter: Path, shared: Path, clip: str, word: str) -> None:
    recording = shared / "models" / "tflm" / f"{clip}_1000ms.wav"
    result = aipu("run", spotter, "--audio", recording, "--json")
    ((best, *_),) = json.loads(result.stdout)["answers"]
    assert best["label"] == word


@pytest.mark.long
def test_it_finds_a_face(shared: Path, tmp_path: Path) -> None:
    photographs = shared / "data" / "imagenet_sample"
    samples = [
        (np.asarray(Image.open(photographs / f"{n}.jpg").resize((320, 240))) - 127.0)
        / 128
        for n in PEOPLE
    ]
    np.save(tmp_path / "x.npy", np.stack(samples).transpose(0, 3, 1, 2).astype("f4"))
    (tmp_path / "labels.txt").write_text("background\nface\n")
    package = tmp_path / "package"
    model = shared / "models" / "ultraface" / "version-RFB-320.onnx"
    options = ("--calibration", tmp_path / "x.npy", "--mean", "127")
    options += ("--scale", "0.0078125", "--labels", tmp_path / "labels.txt")
    built = aipu("build", model, "-o", package, *options, "--answer", "background=true")
    assert built.exit_code == 0, built.output
    image, drawing = photographs / f"{MUSICIAN}.jpg", tmp_path / "found.png"
    result = aipu("run", package, "--image", image, "--draw", drawing, "--json")
    ((best, *_),) = json.loads(result.stdout)["answers"]
    assert best["label"] == "face"
    assert best["score"] > 0.9
    sides = [best[side] for side in ("left", "top", "right", "bottom")]
    assert sides == pytest.approx(FACE, abs=6)
    before, after = (
        np.asarray(Image.open(path).convert("RGB"), int) for path in (image, drawing)
    )
    assert (np.abs(after - before).max(2) > 64).any()
