"""Functions of one int8 are those of TFLite for every integer, on the machine."""

import warnings

import numpy as np
import pytest

import aipu
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

ALL = np.arange(-128, 128).astype(np.int8).reshape(1, 256)
ALPHA = {"Alpha": 0.3}
SMALL = {"Alpha": 0.001}
"""So small that the fast kernels leave it to the plain ones."""

FUNCTIONS = {
    "ABS": ("ABS", {}, ""),
    "ELU": ("ELU", {}, ""),
    "HARD_SWISH": ("HARD_SWISH", {}, ""),
    "LEAKY_RELU": ("LEAKY_RELU", ALPHA, "LeakyReluOptions"),
    "LEAKY_RELU, nearly 0": ("LEAKY_RELU", SMALL, "LeakyReluOptions"),
    "QUANTIZE": ("QUANTIZE", {}, ""),
    "RELU": ("RELU", {}, ""),
    "RELU6": ("RELU6", {}, ""),
    "RELU_N1_TO_1": ("RELU_N1_TO_1", {}, ""),
    "SQRT": ("SQRT", {}, ""),
}
SCALES = [
    (0.05, 0.05, 3, 3),
    (0.05, 0.04, -20, 10),
    (0.0234, 0.0517, 100, -100),
    (0.1, 0.031, -128, -128),
    (0.02, 0.0137, 7, 64),
    (0.0619, 0.0611, 0, 0),
    (0.3, 0.9, 12, -12),
]
"""Of the ifm and of the ofm, and the zero points of both."""

FAR = [(0.0005, 0.2, 0, 0), (3.0, 0.01, 5, -5)]
"""So far apart that the fast kernels leave them to the plain ones."""


def results(written, content: bytes, array: np.ndarray) -> np.ndarray:
    """What the binary makes of stored integers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = aipu.compile(written(content))
    assert all(row.equal for row in package.verify({"x": array}))
    return package.run({"x": array}).outputs["y"]


@pytest.mark.parametrize("scales", SCALES, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_integer(written, runtime, name, scales):
    check(written, runtime, name, scales)


@pytest.mark.parametrize("scales", FAR, ids=str)
@pytest.mark.parametrize("name", ["LEAKY_RELU", "QUANTIZE"])
def test_scales_that_are_far_apart(written, runtime, name, scales):
    check(written, runtime, name, scales)


def check(written, runtime, name, scales):
    kind, options, options_type = FUNCTIONS[name]
    ifm, ofm, zero, ofm_zero = scales
    zero = -128 if name == "SQRT" else zero
    content = tflite_file(
        [
            Tensor("x", shape=(1, 256), dtype="int8", scale=[ifm], zero_point=[zero]),
            Tensor(
                "y", shape=(1, 256), dtype="int8", scale=[ofm], zero_point=[ofm_zero]
            ),
        ],
        [Operator(kind, ["x"], ["y"], options, options_type)],
        ["x"],
        ["y"],
    )
    reals = (ALL.astype(np.float64) - zero) * np.float64(np.float32(ifm))
    (expected,) = runtime(content, [reals], fast=True)
    found = results(written, content, ALL)
    step = np.float64(np.float32(ofm))
    wrong = np.rint(found / step) != np.rint(expected / step)
    assert not wrong.any(), f"{wrong.sum()} of 256 integers"


def test_a_resize_is_a_step_off_at_most(written, runtime, generator):
    """TFLite rounds once, the machine behind the rows and behind the columns."""
    kept = {"dtype": "int8", "scale": [0.05], "zero_point": [3]}
    content = tflite_file(
        [
            Tensor("x", shape=(1, 7, 6, 4), **kept),
            Tensor("size", np.array([14, 12], np.int32)),
            Tensor("y", shape=(1, 14, 12, 4), **kept),
        ],
        [
            Operator(
                "RESIZE_BILINEAR",
                ["x", "size"],
                ["y"],
                {"HalfPixelCenters": True},
                "ResizeBilinearOptions",
            )
        ],
        ["x"],
        ["y"],
    )
    x = generator.integers(-128, 128, (1, 7, 6, 4)).astype(np.int8)
    reals = (x.astype(np.float64) - 3) * np.float64(np.float32(0.05))
    (expected,) = runtime(content, [reals], fast=True)
    steps = np.rint((results(written, content, x) - expected) / 0.05)
    assert np.abs(steps).max() <= 1
    assert 0.1 < np.count_nonzero(steps) / steps.size < 0.25
