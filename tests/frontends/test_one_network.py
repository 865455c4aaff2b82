"""One network in three formats, UltraFace, is one network here.

The ONNX file holds its batch normalisations, and computes corners from what the others
give; the others have them folded into weights.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from aipu import compile as build
from aipu.frontends.caffe.importer import import_caffe
from aipu.frontends.model import ImportedModel
from aipu.frontends.ncnn.importer import import_ncnn
from aipu.frontends.onnx.importer import import_onnx
from aipu.tests.frontends.caffe.small_models import results

SHAPE = (1, 3, 240, 320)
FILES = {
    "onnx": "version-RFB-320.onnx",
    "caffe": "RFB-320.prototxt",
    "ncnn": "RFB-320.param",
}
BOXES = {"onnx": "460", "caffe": "boxes", "ncnn": "boxes"}
SHAPES: Mapping[str, Mapping[str, tuple[int, ...]]] = {"ncnn": {"input": SHAPE}}
IMPORTERS: Mapping[str, Callable[..., ImportedModel]] = {
    "onnx": import_onnx,
    "caffe": import_caffe,
    "ncnn": import_ncnn,
}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "models" / "ultraface"


def noise(seed: int, images: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.standard_normal((images, *SHAPE[1:]), np.float32)


@pytest.mark.parametrize("other", ["caffe", "ncnn"])
def test_float_outputs_agree(folder: Path, other: str) -> None:
    found: dict[str, list[np.ndarray]] = {}
    for name in ("onnx", other):
        imported = IMPORTERS[name](
            folder / FILES[name],
            shapes=SHAPES.get(name, {}),
            outputs=["scores", BOXES[name]],
        )
        found[name] = list(results(imported, {"input": noise(0)}).values())
    for array, expected in zip(found[other], found["onnx"], strict=True):
        assert array.shape == expected.shape
        assert np.abs(array - expected).max() <= 1e-4 * np.abs(expected).max()


def test_binaries_compute_the_same(folder: Path) -> None:
    found: dict[str, list[np.ndarray]] = {}
    for name, file in FILES.items():
        package = build(
            folder / file,
            calibration=noise(1, images=4),
            shapes=SHAPES.get(name, {}),
            outputs=["scores", BOXES[name]],
        )
        found[name] = list(package.run({"input": noise(0)}).outputs.values())
    for name in ("caffe", "ncnn"):
        for array, expected in zip(found[name], found["onnx"], strict=True):
            np.testing.assert_array_equal(array, expected)
