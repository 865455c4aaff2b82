"""Trained networks that do well in int8 are built from data without a warning."""

import warnings
from collections.abc import Callable
from gzip import GzipFile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import aipu
from aipu.runtime.figures.figures import figures

IMAGENET = (
    255 * np.array([0.485, 0.456, 0.406]),
    255 * np.array([0.229, 0.224, 0.225]),
)


def photographs(
    rows: int,
    columns: int,
    scaling: tuple[np.ndarray | float, np.ndarray | float],
    channels_last: bool = False,
) -> Callable[[Path], np.ndarray]:
    """24 of different classes, less a mean and divided by a scale."""

    def read(shared: Path) -> np.ndarray:
        files = sorted((shared / "data" / "imagenet_sample").glob("*.jpg"))
        images = [
            np.asarray(
                Image.open(file).convert("RGB").resize((columns, rows)), np.float32
            )
            for file in files[:: len(files) // 24][:24]
        ]
        mean, scale = scaling
        scaled = ((np.stack(images) - mean) / scale).astype(np.float32)
        return scaled if channels_last else scaled.transpose(0, 3, 1, 2)

    return read


def cifar(shared: Path) -> np.ndarray:
    with np.load(shared / "data" / "cifar10.npz") as data:
        pixels = data["x"][:48].astype(np.float32)
    mean, scale = IMAGENET
    return ((pixels - mean) / scale).astype(np.float32).transpose(0, 3, 1, 2)


def cifar_pixels(shared: Path) -> np.ndarray:
    with np.load(shared / "data" / "cifar10.npz") as data:
        return data["x"][:48].astype(np.float32)


def digits(shared: Path) -> np.ndarray:
    file = next((shared / "data" / "mnist").glob("*images*.gz"))
    pixels = np.frombuffer(GzipFile(file).read(), np.uint8, offset=16)
    return pixels.reshape(-1, 1, 28, 28)[:64].astype(np.float32)


def speech(key: str, *behind: int) -> Callable[[Path], np.ndarray]:
    """64 clips of all classes; axes of 1 may come behind."""

    def read(shared: Path) -> np.ndarray:
        with np.load(shared / "data" / "kws_mfcc.npz") as data:
            clips = data[key]
        chosen = clips[np.linspace(0, len(clips) - 1, 64).astype(int)]
        return chosen.reshape(*chosen.shape, *behind)

    return read


HEALTHY: dict[str, Callable[[Path], np.ndarray]] = {
    "mobilenet_v2/mobilenet_v2.onnx": photographs(224, 224, IMAGENET),
    "efficientnet_lite0/efficientnet_lite0.onnx": photographs(224, 224, (127, 128)),
    "ultraface/version-RFB-320.onnx": photographs(240, 320, (127, 128)),
    "cifar_resnet/resnet20.onnx": cifar,
    "mnist/mnist.onnx": digits,
    "mlperf_tiny/pretrainedResnet.tflite": cifar_pixels,
    "mlperf_tiny/kws_ref_model_float32.tflite": speech("f49", 1),
    "mlperf_tiny/vww_96_float.tflite": photographs(96, 96, (0, 255), True),
    "kws/DS_CNN_S.pb": speech("f49"),
    "kws/DS_CNN_M.pb": speech("f49"),
    "kws/CNN_S.pb": speech("f49"),
    "kws/DNN_S.pb": speech("f25"),
}


@pytest.mark.long
@pytest.mark.parametrize("model", HEALTHY)
def test_a_healthy_network_is_built_without_a_warning(model: str, shared: Path) -> None:
    samples = HEALTHY[model](shared)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        package = aipu.compile(shared / "models" / model, batch=1, calibration=samples)
    assert [str(each.message) for each in caught] == []
    kept = figures(package.report).accuracy
    assert kept is not None
    assert all(each.sqnr_db is None or each.sqnr_db > 10 for each in kept.outputs)
