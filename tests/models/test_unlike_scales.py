"""Tensors whose parts are of unlike sizes: none is lost in int8."""

import re
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper, parser

import aipu
from aipu.runtime.building.package import Package

SAMPLES = np.random.default_rng(0).normal(size=(16, 8, 8, 8)).astype(np.float32)
INPUT = np.random.default_rng(1).normal(size=(1, 8, 8, 8)).astype(np.float32)
GENERATOR = np.random.default_rng(2)
SMALL = np.array([1, 100, 1, 1, 0.01, 1, 1, 1], np.float32)
"""By how much channels are larger than others."""

HEAD = """<ir_version: 9, opset_import: ["" : 17]>
agraph (float[1,8,8,8] x) => (float[OUTPUT] y)
<float stride = {320}, int64[3] flat = {1,-1,64}, int64[2] split = {4,3},
 int64[8] after = {0,0,0,0,0,3,0,0}, int64[8] before = {0,4,0,0,0,0,0,0},
 int64[4] rows = {1,8,64,1}, int64[3] tokens = {1,64,8}>
{ b0 = Conv(x, wb) b1 = Abs(b0) b = Mul(b1, stride) s0 = Conv(x, ws) s = Sigmoid(s0)
"""


def weights(*shape: int) -> np.ndarray:
    return GENERATOR.normal(0, 0.4, shape).astype(np.float32)


CONSTANTS: Mapping[str, np.ndarray] = {
    "wb": weights(4, 8, 1, 1),
    "ws": weights(3, 8, 1, 1),
    "joined": weights(5, 7, 3, 3) * np.array([[0.003] * 4 + [1] * 3]).reshape(7, 1, 1),
    "w1": weights(8, 8, 1, 1) * SMALL.reshape(8, 1, 1, 1),
    "w2": weights(4, 8, 3, 3) / SMALL.reshape(8, 1, 1),
    "gain": SMALL,
    "offset": weights(8) * SMALL,
    "w3": weights(8, 6) / SMALL.reshape(8, 1),
}


def model(body: str, output: str) -> onnx.ModelProto:
    made = parser.parse_model(HEAD.replace("OUTPUT", output) + body + "\n}")
    for name, array in CONSTANTS.items():
        if any(name in node.input for node in made.graph.node):
            tensor = numpy_helper.from_array(array.astype(np.float32), name)
            made.graph.initializer.append(tensor)
    return made


def built(source: onnx.ModelProto) -> tuple[np.ndarray, np.ndarray, Package]:
    """What onnxruntime makes of the input, what int8 makes of it, and the package."""
    session = onnxruntime.InferenceSession(source.SerializeToString())
    right = np.asarray(session.run(None, {"x": INPUT})[0])
    package = aipu.compile(source, calibration=SAMPLES)
    reals = package.reference({"x": INPUT}, "float")["y"]
    assert reals == pytest.approx(right, abs=1e-4 * float(np.abs(right).max()))
    return right, package.run({"x": INPUT}).outputs["y"], package


def decibels(signal: np.ndarray, noisy: np.ndarray) -> float:
    return 10 * np.log10(np.sum(signal**2) / np.sum((signal - noisy) ** 2))


ENDS = {
    "joined": ("y = Concat <axis = 1> (b, s)", "1,7,8,8"),
    "moved then": (
        "c = Concat <axis = 1> (b, s) r = Reshape(c, flat) "
        "y = Transpose <perm = [0, 2, 1]> (r)",
        "1,64,7",
    ),
    "joined with others": (
        "c = Concat <axis = 1> (b, s) r = Reshape(c, flat) "
        "y = Concat <axis = 2> (r, r)",
        "1,7,128",
    ),
    "sums of pads": ("p = Pad(b, after) q = Pad(s, before) y = Add(p, q)", "1,7,8,8"),
    "split and joined again": (
        "c = Concat <axis = 1> (b, s0) r = Reshape(c, flat) "
        "bs, ss = Split <axis = 1> (r, split) t = Sigmoid(ss) "
        "y = Concat <axis = 1> (bs, t)",
        "1,7,64",
    ),
}


@pytest.mark.parametrize("case", ENDS)
def test_parts_that_leave_the_network_keep_their_scales(case: str) -> None:
    right, found, _ = built(model(*ENDS[case]))
    axis = right.shape.index(7)
    for part in (np.arange(4), np.arange(4, 7)):
        signal, noisy = (array.take(part, axis) for array in (right, found))
        assert decibels(signal, noisy) > 30


INNER = {
    "a concat": ("c = Concat <axis = 1> (b, s) y = Conv(c, joined)", "1,5,6,6"),
    "a concat, pooled": (
        "c = Concat <axis = 1> (b, s) p = MaxPool <kernel_shape = [2, 2]> (c) "
        "y = Conv(p, joined)",
        "1,5,5,5",
    ),
    "channels of a convolution": (
        "c = Conv(x, w1) r = Relu(c) y = Conv(r, w2)",
        "1,4,6,6",
    ),
    "channels of a normalisation": (
        "r = Reshape(x, flat) t = Transpose <perm = [0, 2, 1]> (r) "
        "n = LayerNormalization <axis = -1> (t, gain, offset) y = MatMul(n, w3)",
        "1,64,6",
    ),
}


@pytest.mark.parametrize("case", INNER)
def test_parts_that_are_multiplied_are_made_alike(case: str) -> None:
    right, found, package = built(model(*INNER[case]))
    assert decibels(right, found) > 25
    assert all(row.equal for row in package.verify({"x": INPUT}))


def test_what_lies_far_from_zero_is_taken_there_before_it_is_rounded() -> None:
    """A convolution about 1000 is an output, and so is what it differs from 1000 by."""
    body = "c = Conv(x, ws, far) y = Sub(c, thousand) z = Abs(c)"
    source = model(body, "1,3,8,8")
    for name, array in (("far", np.full(3, 1000.0)), ("thousand", np.array(1000.0))):
        tensor = numpy_helper.from_array(array.astype(np.float32), name)
        source.graph.initializer.append(tensor)
    source.graph.output.append(
        onnx.helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, (1, 3, 8, 8))
    )
    right, found, _ = built(source)
    assert decibels(right, found) > 30


def test_parts_that_still_share_a_scale_are_warned_of_with_their_ranges(
    recwarn: pytest.WarningsRecorder,
) -> None:
    """Nothing behind a sine can make up for another scale before it."""
    built(model(*ENDS["joined"]))
    assert not any("one scale" in str(each.message) for each in recwarn)
    built(model("c = Concat <axis = 1> (b, s) y = Sin(c)", "1,7,8,8"))
    (warning,) = (line for w in recwarn if "one scale" in (line := str(w.message)))
    found = re.fullmatch(
        r"c: one scale for 'b', 0 to (\S+), and 's', 0 to (\S+), which has (\S+) of "
        "255 steps: little is left of it in integers",
        warning,
    )
    assert found is not None
    boxes, scores, steps = map(float, found.groups())
    assert scores <= 1 < 255 < boxes
    assert steps == pytest.approx(scores / boxes * 255, rel=0.1)
