"""Real Caffe models compute what OpenCV computes with them."""

from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.caffe.importer import import_caffe
from aipu.tests.frontends.caffe.small_models import results

MODELS = {
    "lenet_caffe/lenet.prototxt": (
        "lenet_iter_10000.caffemodel",
        "data",
        (1, 1, 28, 28),
    ),
    "squeezenet_caffe/SqueezeNet_deploy.prototxt": (
        "SqueezeNet_v1.0_decoded.caffemodel",
        "data",
        (1, 3, 227, 227),
    ),
    "ultraface/RFB-320.prototxt": ("RFB-320.caffemodel", "input", (1, 3, 240, 320)),
}


@pytest.mark.parametrize("model", MODELS)
def test_outputs_are_those_of_opencv(shared: Path, model: str) -> None:
    cv2 = pytest.importorskip("cv2", reason="needs opencv-python-headless<5")
    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        pytest.skip("needs opencv-python-headless<5: later ones do not read Caffe")
    weights, name, shape = MODELS[model]
    text = shared / "models" / model
    binary = text.parent / weights
    x = 30 * np.random.default_rng(0).standard_normal(shape, np.float32)
    found = results(import_caffe(text, weights=binary, batch=1), {name: x})
    net = cv2.dnn.readNetFromCaffe(str(text), str(binary))
    net.setInput(x)
    for array, expected in zip(found.values(), net.forward(list(found)), strict=True):
        assert array.shape == expected.shape
        assert np.abs(array - expected).max() <= 1e-4 * np.abs(expected).max()
