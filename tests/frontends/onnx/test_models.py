"""Whole models: what they compute here and in onnxruntime, on the same inputs.

The tolerance is 1e-4 of the largest output.
"""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from aipu.dialects.semantics.weights import WeightStore
from aipu.frontends.onnx.importer import import_onnx

TOLERANCE = 1e-4

LIGHT = [
    "light_bvlc_alexnet",
    "light_densenet121",
    "light_inception_v1",
    "light_inception_v2",
    "light_resnet50",
    "light_shufflenet",
    pytest.param("light_vgg19", marks=pytest.mark.long),
    pytest.param("light_zfnet512", marks=pytest.mark.long),
]

SHARED = [
    "mobilenet_v2/mobilenet_v2",
    "efficientnet_lite0/efficientnet_lite0",
    "cifar_resnet/resnet20",
    "mnist/mnist",
    "ultraface/version-RFB-320",
]


def with_weights(path: Path, store: WeightStore) -> onnx.ModelProto:
    """The model of a file, its weights replaced by those of a store."""
    model = onnx.load(path)
    graph = model.graph
    weights: dict[str, np.ndarray] = {}
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in store:
                ohwi = node.op_type == "Conv" and position == 1
                array = np.moveaxis(store[name], -1, 1) if ohwi else store[name]
                weights[name] = np.ascontiguousarray(array)
    kept = [node for node in graph.node if weights.keys().isdisjoint(node.output)]
    del graph.node[:]
    graph.node.extend(kept)
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    del graph.initializer[:]
    old = {tensor.name: tensor for tensor in onnx.load(path).graph.initializer}
    graph.initializer.extend(old[name] for name in old if name not in weights)
    graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in weights.items()
    )
    model.ir_version = 8
    return model


@pytest.mark.parametrize("name", LIGHT)
def test_light_models_as_they_are(light, reference, results, noise, error, name):
    path = light / f"{name}.onnx"
    imported = import_onnx(path)
    inputs = noise(imported)
    assert error(results(imported, inputs), reference(path, inputs)) < TOLERANCE


def test_light_squeezenet_as_it_is(light, reference, results, noise, error):
    """Its weights are all 0.02: a thousand equal logits of a million each, of which a
    softmax in float32 would show nothing but the order of summation."""
    path = light / "light_squeezenet.onnx"
    imported = import_onnx(path)
    inputs = noise(imported)
    found = results(imported, inputs, precision=np.float64)
    assert error(found, reference(path, inputs)) < TOLERANCE


@pytest.mark.parametrize("name", [*LIGHT, "light_squeezenet"])
def test_light_models_with_random_weights(
    light, reference, results, noise, error, name
):
    path = light / f"{name}.onnx"
    imported = import_onnx(path, random_weights=0)
    inputs = noise(imported)
    expected = reference(with_weights(path, imported.weights), inputs)
    assert error(results(imported, inputs), expected) < TOLERANCE


@pytest.mark.parametrize("name", SHARED)
def test_trained_models(shared, reference, results, noise, error, name):
    path = shared / "models" / f"{name}.onnx"
    imported = import_onnx(path, batch=1, random_weights=0)
    assert imported.weights_source == "model"
    inputs = noise(imported)
    assert error(results(imported, inputs), reference(path, inputs)) < TOLERANCE


def test_a_batch_is_its_images(light, results, noise, error):
    """All 33 reshapes of this model are written for a batch of one."""
    path = light / "light_shufflenet.onnx"
    single, double = (
        import_onnx(path, batch=batch, random_weights=0) for batch in (1, 2)
    )
    (images,) = noise(double)
    (found,) = results(double, [images])
    expected = [results(single, [images[n : n + 1]])[0] for n in range(2)]
    assert error([found], [np.concatenate(expected)]) < TOLERANCE


def test_a_batch_of_a_trained_model_is_its_images(shared, results, noise, error):
    path = shared / "models/ultraface/version-RFB-320.onnx"
    single, double = (import_onnx(path, batch=batch) for batch in (1, 2))
    (images,) = noise(double)
    found = results(double, [images])
    parts = [results(single, [images[n : n + 1]]) for n in range(2)]
    expected = [np.concatenate(pair) for pair in zip(*parts, strict=True)]
    assert error(found, expected) < TOLERANCE
