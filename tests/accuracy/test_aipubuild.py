"""Cfgs as people have them, from the model to the accuracy of what they leave."""

from pathlib import Path
from shutil import copy

import numpy as np
import onnx
import pytest

from aipu import load
from aipu.runtime.aipubuild.build import aipubuild
from aipu.runtime.aipubuild.log import Log
from aipu.tests.frontends.tensorflow.test_keywords import (
    MODELS,
    clips_of,
    path_of,
    walked,
)

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
CFGS = ROOT / "tests/runtime/aipubuild/cfgs"
LIGHT = Path(onnx.__file__).parent / "backend/test/data/light/light_resnet50.onnx"
CALIBRATION = 100
LEFT_BEHIND = {
    "aipu.bin",
    "ds_cnn_s.bin",
    "ds_cnn_s.package",
    "ds_cnn_s.txt",
    "ds_cnn_s_int8.bin",
    "ds_cnn_s_int8.txt",
    "ds_cnn_s_max.npy",
    "ds_cnn_s_min.npy",
    "graph.json",
    "profile_data.bin",
}


def carried_out(cfg: Path) -> list[str]:
    lines: list[str] = []
    aipubuild(cfg, Log(lines.append))
    return lines


@pytest.mark.parametrize("model", MODELS)
def test_keyword_spotters(
    model: str, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cfg of the tutorial, for each network: int8 loses next to nothing.

    Calibrated on some clips, scored on the rest. Float is held to a plain walk.
    """
    clips = clips_of(model, shared)
    calibration, scored = np.split(clips.features, [CALIBRATION])
    keywords = clips.keywords[CALIBRATION:]
    np.save(tmp_path / "clips.npy", calibration)
    path = path_of(model, shared)
    monkeypatch.setenv("KWS_MODEL", str(path))
    monkeypatch.setenv("KWS_CALIBRATION", str(tmp_path / "clips.npy"))
    text = (ROOT / "examples/kws.cfg").read_text()
    shape = f"[1, {', '.join(map(str, scored.shape[1:]))}]"
    (tmp_path / "kws.cfg").write_text(text.replace("[1, 49, 10]", shape))
    carried_out(tmp_path / "kws.cfg")
    assert {file.name for file in (tmp_path / "kws").iterdir()} == LEFT_BEHIND
    package = load(tmp_path / "kws/ds_cnn_s.package")
    expected, in_float, in_integers = (
        100 * float(np.mean(scores.argmax(axis=1) == keywords))
        for scores in (
            walked(path, scored),
            package.reference({"Mfcc": scored}, "float")["labels_softmax"],
            package.reference({"Mfcc": scored}, "quantised")["labels_softmax"],
        )
    )
    print(f"{model}: walk {expected:.2f}, float {in_float:.2f}, int8 {in_integers:.2f}")
    assert abs(in_float - expected) <= 0.1
    assert in_integers >= in_float - 0.5


def test_an_old_cfg_of_resnet_50(tmp_path: Path) -> None:
    """onnx's ResNet-50 without weights stands in for the model, noise for images."""
    (tmp_path / "input").mkdir()
    (tmp_path / "dataset").mkdir()
    copy(LIGHT, tmp_path / "input/resnet.onnx")
    generator = np.random.default_rng(0)
    images = generator.uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32)
    np.save(tmp_path / "dataset/dataset.npy", images)
    stored = generator.integers(-128, 128, 224 * 224 * 3)
    (tmp_path / "input/input.bin").write_bytes(stored.astype(np.int8).tobytes())
    text = (CFGS / "a_resnet50_run.cfg").read_text()
    (tmp_path / "run.cfg").write_text(f"{text}random-init = True\n")
    lines = carried_out(tmp_path / "run.cfg")
    assert len((tmp_path / "output.bin").read_bytes()) == 1000
    assert any("FPS" in line for line in lines)
    assert lines[-1].startswith("[I] Total errors: 0")


def test_a_new_cfg_of_resnet_50(tmp_path: Path) -> None:
    """The same for Paddle's, as an ONNX model and for the R329."""
    (tmp_path / "model/ResNet50").mkdir(parents=True)
    (tmp_path / "dataset_prepare").mkdir()
    (tmp_path / "cfg").mkdir()
    copy(LIGHT, tmp_path / "model/ResNet50/inference.onnx")
    images = np.random.default_rng(0).uniform(-1, 1, (1, 224, 224, 3))
    np.save(tmp_path / "dataset_prepare/calibration_dataset.npy", np.float32(images))
    text = (CFGS / "d_paddle_resnet50.cfg").read_text()
    for before, after in {
        "paddle": "onnx",
        "inference.pdmodel": "inference.onnx",
        "input = inputs": "input = gpu_0/data_0",
        "save_infer_model/scale_0.tmp_1": "gpu_0/softmax_1",
        "X1_1204": "Z1_0701\nrandom-init = True",
    }.items():
        text = text.replace(before, after)
    (tmp_path / "cfg/resnet.cfg").write_text(text)
    lines = carried_out(tmp_path / "cfg/resnet.cfg")
    assert (tmp_path / "cfg/aipu.bin").is_file()
    assert any("layers bit-exact" in line for line in lines)
