"""Trained networks lose next to nothing in int8: the pipeline `quantise`, as it is.

Calibrated on the first images, scored on the rest; the float network is onnxruntime's.
The README quotes what is printed.
"""

from collections.abc import Callable
from gzip import GzipFile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import input_name, main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


class Labelled(NamedTuple):
    """Images [N, C, H, W] as a network takes them, and the class of each."""

    images: np.ndarray
    classes: np.ndarray


def photographs(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """[N, H, W, 3] from 0 to 255; the name of a file is its class."""
    files = sorted((shared / "data" / "imagenet_sample").glob("*.jpg"))
    images = [np.asarray(Image.open(file).convert("RGB"), np.float32) for file in files]
    return np.stack(images), np.array([int(file.stem) for file in files])


def as_torch_takes_them(shared: Path) -> Labelled:
    images, classes = photographs(shared)
    scaled = (images / 255 - MEAN) / DEVIATION
    return Labelled(scaled.transpose(0, 3, 1, 2), classes)


def as_efficientnet_takes_them(shared: Path) -> Labelled:
    images, classes = photographs(shared)
    return Labelled(((images - 127) / 128).transpose(0, 3, 1, 2), classes)


def cifar(shared: Path) -> Labelled:
    with np.load(shared / "data" / "cifar10.npz") as data:
        scaled = (data["x"].astype(np.float32) / 255 - MEAN) / DEVIATION
        return Labelled(scaled.transpose(0, 3, 1, 2), data["y"])


def mnist(shared: Path) -> Labelled:
    images, classes = (
        GzipFile(next((shared / "data" / "mnist").glob(f"*{part}*.gz"))).read()
        for part in ("images", "labels")
    )
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 1, 28, 28)
    labels = np.frombuffer(classes, np.uint8, offset=8)
    return Labelled(pixels[:2100].astype(np.float32), labels[:2100])


class Case(NamedTuple):
    model: str
    data: Callable[[Path], Labelled]
    calibrate: int
    points: float


CASES = [
    Case("mobilenet_v2/mobilenet_v2.onnx", as_torch_takes_them, 64, 2.0),
    Case(
        "efficientnet_lite0/efficientnet_lite0.onnx",
        as_efficientnet_takes_them,
        64,
        2.0,
    ),
    Case("cifar_resnet/resnet20.onnx", cifar, 100, 1.0),
    Case("mnist/mnist.onnx", mnist, 100, 0.2),
]


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda case: Path(case.model).stem)
def test_int8_is_within_points_of_float(case: Case, shared: Path):
    model, (images, classes) = shared / "models" / case.model, case.data(shared)
    scored = images[case.calibrate :]
    session = onnxruntime.InferenceSession(model)
    name = session.get_inputs()[0].name
    reals = [
        np.asarray(session.run(None, {name: image})[0])
        for image in np.split(scored, len(scored))
    ]
    imported = import_onnx(model, batch=1)
    function = main_function(imported.module)
    samples = {input_name(function.args[0]): images[: case.calibrate]}
    context = AipuContext(imported.weights, samples)
    run_pipeline(build_pipeline("import,quantise", PASSES), imported.module, context)
    integers = [
        evaluate(function, [image], context.weights)[0]
        for image in np.split(scored, len(scored))
    ]
    float_accuracy, int8_accuracy = (
        100 * np.mean([r.argmax() for r in results] == classes[case.calibrate :])
        for results in (reals, integers)
    )
    print(f"float {float_accuracy:.2f}, int8 {int8_accuracy:.2f}")
    assert int8_accuracy >= float_accuracy - case.points
