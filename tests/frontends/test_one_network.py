"""One network in five formats, UltraFace, is one network here.

The ONNX file and the PyTorch weights hold batch normalisations, and the graph goes on
to corners; the others have the former folded into weights, and end at the offsets that
corners are computed from.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
import pytest

from aipu import compile as build
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.caffe.importer import import_caffe
from aipu.frontends.model import ImportedModel
from aipu.frontends.ncnn.importer import import_ncnn
from aipu.frontends.onnx.importer import import_onnx
from aipu.frontends.pytorch.importer import import_pytorch
from aipu.frontends.pytorch.module import import_module_in_memory
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import main_function

SHAPE = (1, 3, 240, 320)
ONNX, WEIGHTS = "version-RFB-320.onnx", "version-RFB-320.pth"
SCORES, OFFSETS, CORNERS = "scores", "460", "boxes"
"""The tensors of the ONNX file that the formats end in."""

SHAPES = {"input": SHAPE}
"""For ncnn, whose file says none."""

TENSORFLOW_EPSILON = 1.001e-5
"""The least that TensorFlow's batch normalisation adds to a variance: cuDNN's 1e-5,
with a margin. The model has 1e-5, and variances down to 2.4e-6."""

Reference = Mapping[str, np.ndarray]


def onnx_model(folder: Path) -> ImportedModel:
    return import_onnx(folder / ONNX, outputs=[SCORES, OFFSETS])


def caffe_model(folder: Path) -> ImportedModel:
    return import_caffe(folder / "RFB-320.prototxt", outputs=["scores", "boxes"])


def ncnn_model(folder: Path) -> ImportedModel:
    return import_ncnn(
        folder / "RFB-320.param", shapes=SHAPES, outputs=["scores", "boxes"]
    )


def tflite_model(folder: Path) -> ImportedModel:
    return import_tflite(
        folder / "version-RFB-320_without_postprocessing.tflite",
        outputs=["Identity_1", "Identity"],
    )


def pytorch_file(folder: Path, path: Path) -> ImportedModel:
    """The state dict as an exported program."""
    from aipu.tests.frontends.pytorch.exporting import exported, saved, torch
    from aipu.tests.frontends.pytorch.ultraface import trained

    program = exported(trained(folder / WEIGHTS), [torch.zeros(SHAPE)])
    path.write_bytes(saved(program))
    return import_pytorch(path)


def pytorch_module(folder: Path) -> ImportedModel:
    """The state dict as a module in memory."""
    from aipu.tests.frontends.pytorch.exporting import torch
    from aipu.tests.frontends.pytorch.ultraface import trained

    return import_module_in_memory(trained(folder / WEIGHTS), torch.zeros(SHAPE))


class Format(NamedTuple):
    """What reads the network, and what it ends in beside the scores."""

    read: Callable[[Path], ImportedModel]
    boxes: str = OFFSETS
    channels_last: bool = False


FORMATS = {
    "onnx": Format(onnx_model),
    "caffe": Format(caffe_model),
    "ncnn": Format(ncnn_model),
    "tflite": Format(tflite_model, channels_last=True),
    "pytorch-module": Format(pytorch_module, CORNERS),
}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "models" / "ultraface"


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """Noise in the range of pixels, which is (x - 127) / 128."""
    return np.random.default_rng(0).uniform(-1, 1, SHAPE).astype(np.float32)


def onnxruntime_results(model: onnx.ModelProto, image: np.ndarray) -> Reference:
    """What the ONNX file computes, by onnxruntime."""
    kept = onnx.helper.make_tensor_value_info(OFFSETS, onnx.TensorProto.FLOAT, None)
    model.graph.output.append(kept)
    names = [SCORES, OFFSETS, CORNERS]
    session = onnxruntime.InferenceSession(model.SerializeToString())
    arrays = session.run(names, {"input": image})
    return dict(zip(names, map(np.asarray, arrays), strict=True))


@pytest.fixture(scope="module")
def reference(folder: Path, image: np.ndarray) -> Reference:
    return onnxruntime_results(onnx.load(folder / ONNX), image)


def error(
    imported: ImportedModel, form: Format, image: np.ndarray, expected: Reference
) -> float:
    """The largest difference, relative to the largest magnitude of each output."""
    ifm = image.transpose(0, 2, 3, 1) if form.channels_last else image
    found = evaluate(main_function(imported.module), [ifm], imported.weights)
    arrays = [expected[SCORES], expected[form.boxes]]
    assert [array.shape for array in found] == [array.shape for array in arrays]
    pairs = zip(found, arrays, strict=True)
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


@pytest.mark.parametrize("name", FORMATS)
def test_float_outputs_agree(
    folder: Path, image: np.ndarray, reference: Reference, name: str
) -> None:
    form = FORMATS[name]
    assert error(form.read(folder), form, image, reference) <= 1e-4


def test_float_outputs_agree_through_a_pytorch_file(
    folder: Path, image: np.ndarray, reference: Reference, tmp_path: Path
) -> None:
    imported = pytorch_file(folder, tmp_path / "ultraface.pt2")
    assert error(imported, FORMATS["pytorch-module"], image, reference) <= 1e-4


def test_tflite_differs_by_the_epsilon_of_its_converter(
    folder: Path, image: np.ndarray
) -> None:
    """With the same in the ONNX file, the difference is that of float32."""
    model = onnx.load(folder / ONNX)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "epsilon":
                attribute.f = TENSORFLOW_EPSILON
    expected = onnxruntime_results(model, image)
    assert error(tflite_model(folder), FORMATS["tflite"], image, expected) <= 5e-6


def test_binaries_compute_the_same(folder: Path, image: np.ndarray) -> None:
    generator = np.random.default_rng(1)
    samples = generator.uniform(-1, 1, SHAPE).astype(np.float32)
    files = {"version-RFB-320.onnx": OFFSETS} | dict.fromkeys(
        ("RFB-320.prototxt", "RFB-320.param"), "boxes"
    )
    found: dict[str, list[np.ndarray]] = {}
    for file, boxes in files.items():
        package = build(
            folder / file,
            calibration=samples,
            shapes=SHAPES,
            outputs=["scores", boxes],
            strategy="layerwise",
        )
        found[file] = list(package.run({"input": image}).outputs.values())
    expected = found.pop(ONNX)
    for arrays in found.values():
        for array, other in zip(arrays, expected, strict=True):
            np.testing.assert_array_equal(array, other)
