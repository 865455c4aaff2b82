"""Caffe's classifiers in integers, on real data."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aipu import compile as build

pytestmark = pytest.mark.long

CALIBRATION = 64
MEAN = np.array([104, 117, 123], np.float32).reshape(3, 1, 1)


def test_lenet_knows_digits(shared: Path) -> None:
    folder, data = shared / "models" / "lenet_caffe", shared / "data" / "mnist"
    with gzip.open(data / "t10k-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16)
    with gzip.open(data / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    images = pixels.reshape(-1, 1, 28, 28).astype(np.float32) / 256
    package = build(
        folder / "lenet.prototxt",
        weights=folder / "lenet_iter_10000.caffemodel",
        calibration=images[:CALIBRATION],
        batch=69,
    )
    found = package.reference({"data": images[CALIBRATION:]})["prob"].argmax(1)
    accuracy = np.mean(found == labels[CALIBRATION:])
    print(f"int8 {100 * accuracy:.2f}")
    assert accuracy >= 0.99


def test_squeezenet_knows_objects(shared: Path) -> None:
    """Its float network computes what cv2.dnn does: tests/frontends/caffe."""
    folder = shared / "models" / "squeezenet_caffe"
    files = sorted((shared / "data" / "imagenet_sample").glob("*.jpg"))
    labels = np.array([int(file.stem) for file in files])[CALIBRATION:]
    images = np.stack([preprocessed(file) for file in files])
    package = build(
        folder / "SqueezeNet_deploy.prototxt",
        weights=folder / "SqueezeNet_v1.0_decoded.caffemodel",
        calibration=images[:CALIBRATION],
    )
    inputs = {"data": images[CALIBRATION:]}
    integers, reals = (
        package.reference(inputs, level=level)["pool_final"].argmax(1).reshape(-1)
        for level in ("quantised", "float")
    )
    accuracy, expected = np.mean(integers == labels), np.mean(reals == labels)
    print(f"float {100 * expected:.2f}, int8 {100 * accuracy:.2f}")
    assert accuracy >= expected - 0.005
    assert np.mean(integers == reals) >= 0.92


def preprocessed(file: Path) -> np.ndarray:
    """[3, 227, 227], blue first, less the means of its training."""
    with Image.open(file) as image:
        resized = image.convert("RGB").resize((227, 227), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32)[:, :, ::-1].transpose(2, 0, 1) - MEAN
