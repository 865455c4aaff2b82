"""TFLite's quantised models on the machine, against TFLite's own runtime and the truth.

The runtime is what `pip install ai-edge-litert` gives, with the kernels that it takes
by itself. (Its plain kernels round differently: the two name another class for up to
4 % of these images.)
"""

from collections.abc import Callable, Mapping
from gzip import GzipFile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

import aipu

litert = pytest.importorskip("ai_edge_litert.interpreter")

pytestmark = pytest.mark.long

AGREEMENT = 0.99
"""Of images have the same best class."""

STEPS = 2
"""Of its 256, that a probability may differ by."""

PROBABILITY = 1 / 256
"""What TFLite demands as the scale of a softmax."""

BIRD, CAT, DOG = 3, 16, 17
"""Classes of Pascal VOC, and of COCO."""


def photographs(shared: Path, size: int) -> np.ndarray:
    files = sorted((shared / "data" / "imagenet_sample").glob("*.jpg"))
    images = [Image.open(file).convert("RGB").resize((size, size)) for file in files]
    return np.stack([np.asarray(image, np.float32) for image in images])


def keywords(shared: Path) -> np.ndarray:
    with np.load(shared / "data" / "kws_mfcc.npz") as data:
        return data["f49"][..., np.newaxis]


def cifar(shared: Path) -> np.ndarray:
    with np.load(shared / "data" / "cifar10.npz") as data:
        return data["x"].astype(np.float32)


class Classifier(NamedTuple):
    """A model file, and what it is shown."""

    file: str
    images: Callable[[Path], np.ndarray]


CLASSIFIERS = [
    Classifier("mlperf_tiny/kws_ref_model.tflite", keywords),
    Classifier("mlperf_tiny/pretrainedResnet_quant.tflite", cifar),
    Classifier(
        "mlperf_tiny/vww_96_int8.tflite", lambda shared: photographs(shared, 96) / 255
    ),
    Classifier(
        "mobilenet_v1_025/mobilenet_v1_0.25_224_quant.tflite",
        lambda shared: (photographs(shared, 224) - 128) / 128,
    ),
    Classifier(
        "mobilenet_v2_int8/tf2_mobilenet_v2_1.0_224_ptq.tflite",
        lambda shared: (photographs(shared, 224) - 127) * np.float32(0.00784314),
    ),
]


def run(path: Path, images: np.ndarray) -> np.ndarray:
    """What the runtime gives for each image, in steps of the result's scale."""
    interpreter = litert.Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    (given,) = interpreter.get_input_details()
    (result,) = interpreter.get_output_details()
    results: list[np.ndarray] = []
    for image in images:
        interpreter.set_tensor(given["index"], stored(image[np.newaxis], given))
        interpreter.invoke()
        results.append(interpreter.get_tensor(result["index"])[0])
    _, zero_point = result["quantization"]
    return np.stack(results).astype(np.int32) - zero_point


def stored(reals: np.ndarray, detail: Mapping) -> np.ndarray:
    scale, zero_point = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    steps = np.rint(reals / np.float64(scale)) + zero_point
    return np.clip(steps, limits.min, limits.max).astype(detail["dtype"])


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda m: Path(m.file).stem)
def test_classifiers(shared: Path, model: Classifier) -> None:
    path, images = shared / "models" / model.file, model.images(shared)
    package = aipu.compile(path)
    (name,) = package.inputs
    (reals,) = package.reference({name: images}).values()
    ours, theirs = np.rint(reals / PROBABILITY), run(path, images)
    assert np.mean(ours.argmax(axis=1) == theirs.argmax(axis=1)) >= AGREEMENT
    assert np.abs(ours - theirs).max() <= STEPS
    assert all(row.equal for row in package.verify({name: images[:1]}))


def test_the_bird_is_found(shared: Path) -> None:
    folder = shared / "models" / "deeplab_v3"
    image = Image.open(folder / "bird_segmentation.bmp").convert("RGB")
    mask = np.asarray(Image.open(folder / "bird_segmentation_mask.bmp")) > 0
    package = aipu.compile(folder / "deeplabv3_mnv2_dm05_pascal_quant.tflite")
    (name,) = package.inputs
    reals = (np.asarray(image, np.float32)[np.newaxis] - 128) / 128
    (classes,) = package.run({name: reals}).outputs.values()
    bird = classes[0] == BIRD
    assert (bird & mask).sum() / (bird | mask).sum() >= 0.80


def test_three_cats_and_a_dog_are_found(shared: Path) -> None:
    file = "ssd_mobilenet_v1/coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite"
    package = aipu.compile(shared / "models" / file)
    photograph = Image.open(shared / "data" / "images" / "cats_and_dogs.jpg")
    image = np.asarray(photograph.convert("RGB").resize((300, 300)), np.float32)
    (name,) = package.inputs
    result = package.run({name: (image[np.newaxis] - 128) / 128})
    _, classes, scores, _ = result.outputs.values()
    # COCO's classes count from 1; the background has been left out.
    assert (classes[0, :4] + 1).tolist() == [CAT + 1, CAT + 1, CAT + 1, DOG + 1]
    assert np.allclose(scores[0, :4], [0.66, 0.62, 0.55, 0.49], atol=0.02)


@pytest.mark.parametrize(
    "file, level, least",
    [
        ("trained_lstm", "float", 0.985),
        ("trained_lstm", "quantised", 0.984),
        ("trained_lstm_int8", "quantised", 0.985),
    ],
)
def test_digits_by_an_lstm(shared: Path, file: str, level: str, least: float) -> None:
    folder = shared / "data" / "mnist"
    pixels = GzipFile(next(folder.glob("*images*.gz"))).read()[16:]
    labels = GzipFile(next(folder.glob("*labels*.gz"))).read()[8:]
    images = np.frombuffer(pixels, np.uint8).reshape(-1, 28, 28) / np.float32(255)
    path = shared / "models" / "tflm" / f"{file}.tflite"
    package = aipu.compile(path, batch=100, calibration=images[:500])
    (name,) = package.inputs
    (scores,) = package.reference({name: images}, level=level).values()
    right = scores.argmax(axis=1) == np.frombuffer(labels, np.uint8)
    assert right.mean() >= least
