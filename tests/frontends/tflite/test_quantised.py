"""Quantised files: their scales are kept, and their integers are those of TFLite."""

import numpy as np
import pytest

import aipu
from aipu.dialects import nn
from aipu.dialects.quant import uniform
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import main_function
from aipu.tests.frontends.tflite.small_files import (
    INPUT_SCALE,
    PROBABILITY,
    SCALE,
    quantised_file,
)
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

DTYPES = ["int8", "uint8"]
SHAPE = (1, 8, 8, 3)


@pytest.fixture
def image(generator):
    """A multiple of the scale of the input, of which it is the same in any runtime."""
    return (generator.integers(-100, 100, SHAPE) * INPUT_SCALE).astype(np.float32)


@pytest.mark.parametrize("dtype", DTYPES)
def test_reals_are_a_step_at_most_from_the_integers(computed, runtime, image, dtype):
    content = quantised_file(dtype)
    (ours,), (theirs,) = computed(content, [image]), runtime(content, [image])
    assert np.abs(ours - theirs).max() <= 2 * PROBABILITY


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_machine_computes_the_integers_of_tflite(written, runtime, image, dtype):
    """Those of its fast kernels; the plain ones are up to two steps away."""
    content = quantised_file(dtype)
    package = aipu.compile(written(content))
    ours = package.run({"image": image}).outputs["scores"]
    (fast,), (plain,) = (runtime(content, [image], fast=fast) for fast in (True, False))
    assert np.array_equal(ours, fast.astype(np.float32))
    assert np.abs(ours - plain).max() <= 2 * PROBABILITY
    assert all(row.equal for row in package.verify({"image": image}))


@pytest.mark.parametrize("dtype, zero", [("int8", 0), ("uint8", -128)])
def test_a_mean_of_stored_integers_is_counted_from_their_zero(written, dtype, zero):
    model = import_tflite(written(quantised_file(dtype)))
    (pool,) = (op for op in model.module.walk() if isinstance(op, nn.AvgPool2dOp))
    assert pool.around is not None and pool.around.value.data == zero


def test_a_quantised_network_says_whose_rounding_it_is(written, node_file, image):
    quantised = import_tflite(written(quantised_file()))
    assert "nn.runtime" in main_function(quantised.module).attributes
    on_reals = import_tflite(written(node_file("RELU", image)))
    assert "nn.runtime" not in main_function(on_reals.module).attributes


def test_every_result_is_pinned_to_the_scale_of_the_file(written):
    model = import_tflite(written(quantised_file("uint8")))
    pins = [op for op in model.module.walk() if isinstance(op, nn.QuantiseOp)]
    elements = [uniform(pin.ofm) for pin in pins]
    found = [(np.float32(e.scale), e.zero_point) for e in elements]
    assert found == [
        (np.float32(INPUT_SCALE), -5),
        (np.float32(SCALE), -128),
        (np.float32(SCALE), -10),
        (np.float32(SCALE), -10),
        (np.float32(SCALE), -10),
        (np.float32(SCALE), 3),
        (PROBABILITY, -128),
    ]


def test_weights_keep_a_scale_for_each_channel(written):
    model = import_tflite(written(quantised_file("int8")))
    scales = {
        op.key.data: op.scale.data
        for op in model.module.walk()
        if isinstance(op, nn.WeightOp) and op.scale is not None
    }
    assert scales == {
        f"{name}/w": f"{name}/w/scale" for name in ("conv", "depth", "classes")
    }
    reals, scale = model.weights["depth/w"], model.weights["depth/w/scale"]
    steps = reals / scale.reshape(-1, 1, 1, 1)
    assert scale.shape == (8,)
    assert np.allclose(steps, np.rint(steps), atol=1e-4)


def test_half_precision_weights(computed, generator):
    weight = generator.standard_normal((4, 6)).astype(np.float16)
    content = tflite_file(
        [
            Tensor("x", shape=(2, 6)),
            Tensor("half", weight),
            Tensor("w", shape=(4, 6)),
            Tensor("y", shape=(2, 4)),
        ],
        [
            Operator("DEQUANTIZE", ["half"], ["w"]),
            Operator(
                "FULLY_CONNECTED", ["x", "w", ""], ["y"], {}, "FullyConnectedOptions"
            ),
        ],
        ["x"],
        ["y"],
    )
    x = generator.standard_normal((2, 6), np.float32)
    (y,) = computed(content, [x])
    assert np.allclose(y, x @ weight.astype(np.float32).T, rtol=1e-5, atol=1e-6)


def test_integer_weights_of_a_layer_on_reals(computed, generator):
    weight = generator.integers(-127, 128, (4, 6)).astype(np.int8)
    content = tflite_file(
        [
            Tensor("x", shape=(2, 6)),
            Tensor("w", weight, scale=[0.125]),
            Tensor("y", shape=(2, 4)),
        ],
        [
            Operator(
                "FULLY_CONNECTED", ["x", "w", ""], ["y"], {}, "FullyConnectedOptions"
            )
        ],
        ["x"],
        ["y"],
    )
    x = generator.standard_normal((2, 6), np.float32)
    (y,) = computed(content, [x])
    assert np.allclose(y, x @ (weight * np.float32(0.125)).T, rtol=1e-5, atol=1e-5)


def test_rescaling_between_kinds_of_integers(computed, runtime):
    content = tflite_file(
        [
            Tensor("x", shape=(1, 200), dtype="uint8", scale=[0.1], zero_point=[100]),
            Tensor("y", shape=(1, 200), dtype="int8", scale=[0.13], zero_point=[-20]),
        ],
        [Operator("QUANTIZE", ["x"], ["y"])],
        ["x"],
        ["y"],
    )
    x = ((np.arange(200)[None] - 100) * 0.1).astype(np.float32)
    (ours,), (theirs,) = computed(content, [x]), runtime(content, [x])
    assert np.allclose(ours, theirs, atol=1e-5)
