"""What lies far from zero keeps its differences in int8, whatever reads it.

Values are held to onnxruntime's, less their mean: a cosine of 1000 with 1001 is 1.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper, parser

import aipu
from aipu.runtime.building.package import Package

LEAST_COSINE = 0.999
GENERATOR = np.random.default_rng(0)
KELVIN = np.array([280, 1013, 300], np.float32).reshape(3, 1, 1)
SPREAD = np.array([10, 5, 8], np.float32).reshape(3, 1, 1)


def weights(*shape: int) -> np.ndarray:
    fan_in = np.prod(shape[1:])
    return (GENERATOR.normal(size=shape) / np.sqrt(fan_in)).astype(np.float32)


CONSTANTS: Mapping[str, np.ndarray] = {
    "w": weights(4, 3, 1, 1),
    "w2": weights(4, 3, 1, 1),
    "v": weights(4, 4, 1, 1),
    "joined": weights(4, 8, 1, 1),
    "window": weights(4, 3, 3, 3),
    "grouped": weights(4, 2, 1, 1),
    "dense": weights(16, 8),
    "none": np.zeros(4, np.float32),
    "far": np.full(4, 1000, np.float32),
    "apart": np.array([1000, -1000, 0, 300], np.float32),
    "far8": np.full(8, 1000, np.float32),
    "k": np.full((), 1000, np.float32),
    "two_k": np.full((), 2000, np.float32),
    "squared": np.full((), 1e6, np.float32),
    "two": np.full((), 2, np.float32),
    "per_part": np.array([1000] * 4 + [0] * 4, np.float32).reshape(8, 1, 1),
    "kelvin": KELVIN,
    "spread": SPREAD,
    "rows": np.array([1, 4, 256]),
    "around": np.array([0, 0, 1, 1, 0, 0, 1, 1]),
}

MAP, DENSE = "float[1,3,16,16]", "float[16,16]"


class Case(NamedTuple):
    """A body that makes `y` of `x` and `z`, both about `middle`."""

    body: str
    shape: str = MAP
    middle: np.ndarray | float = 0.0
    spread: np.ndarray | float = 1.0


FAR = "c = Conv(x, w, far)"
FROM_HERE = "m = GlobalAveragePool(t) y = Sub(t, m)"
"""Less the mean of each channel, so that offsets do not count."""

CASES: Mapping[str, Case] = {
    "an output": Case("y = Conv(x, w, far)"),
    "an output, moved": Case(f"{FAR} r = Reshape(c, rows) y = Transpose(r)"),
    "a convolution, less 1000": Case(f"{FAR} y = Sub(c, k)"),
    "with relu, less 1000": Case(f"{FAR} r = Relu(c) y = Sub(r, k)"),
    "before a convolution": Case(f"{FAR} r = Relu(c) t = Conv(r, v) {FROM_HERE}"),
    "before groups": Case(f"{FAR} t = Conv<group=2>(c, grouped) {FROM_HERE}"),
    "an input before a convolution": Case(f"t = Conv(x, w) {FROM_HERE}", middle=1000),
    "an input, less 1000, before a window that pads": Case(
        "c = Sub(x, k) y = Conv<pads=[1,1,1,1]>(c, window)", middle=1000
    ),
    "an input about a mean a channel": Case(
        "c = Sub(x, kelvin) d = Div(c, spread) y = Conv<pads=[1,1,1,1]>(d, window)",
        middle=KELVIN,
        spread=SPREAD,
    ),
    "padded with 1000, less 1000": Case(
        f"{FAR} p = Pad(c, around, k) y = Sub(p, k)",
    ),
    "channels far apart": Case(f"c = Conv(x, w, apart) t = Conv(c, v) {FROM_HERE}"),
    "a sum with a constant and a tensor": Case(
        "a = Add(x, k) c = Add(a, z) y=Sub(c,k)"
    ),
    "a sum of two": Case(f"{FAR} d = Conv(z, w2, far) a = Add(c, d) y = Sub(a, two_k)"),
    "a difference of two": Case(f"{FAR} d = Conv(z, w2, far) y = Sub(c, d)"),
    "a constant less it": Case(f"{FAR} d = Relu(c) y = Sub(k, d)"),
    "a residual": Case(f"{FAR} d = Conv(c, v) t = Add(c, d) {FROM_HERE}"),
    "a multiple": Case("a = Add(x, k) c = Mul(a, two) y = Sub(c, two_k)"),
    "a product of two": Case(
        "a = Add(x, k) b = Add(z, k) c = Mul(a, b) y = Sub(c, squared)"
    ),
    "a product with what is near": Case("a = Add(x, k) y = Mul(a, z)"),
    "parts of a concat, before a convolution": Case(
        f"{FAR} d = Conv(x, w2) e = Concat<axis=1>(c, d) "
        f"t = Conv(e, joined) {FROM_HERE}"
    ),
    "parts of a concat, less 1000": Case(
        f"{FAR} d = Conv(x, w2) e = Concat<axis=1>(c, d) y = Sub(e, per_part)"
    ),
    "a maximum of windows": Case(
        f"{FAR} m = MaxPool<kernel_shape=[2,2], strides=[2,2]>(c) y = Sub(m, k)"
    ),
    "a mean of windows": Case(
        f"{FAR} m = AveragePool<kernel_shape=[2,2], strides=[2,2]>(c) y = Sub(m, k)"
    ),
    "less its mean": Case(f"t = Conv(x, w, far) {FROM_HERE}"),
    "a function": Case(f"{FAR} d = Sub(c, k) y = Sigmoid(d)"),
    "a product of rows, less 1000": Case(
        "c = Gemm(x, dense, far8) y = Sub(c, k)", DENSE
    ),
    "before a softmax": Case("c = Gemm(x, dense, far8) y = Softmax(c)", DENSE),
}


def model(case: Case) -> onnx.ModelProto:
    made = parser.parse_model(
        f'<ir_version: 8, opset_import: ["" : 17]> '
        f"agraph ({case.shape} x, {case.shape} z) => (float[] y) {{{case.body}}}"
    )
    for name, array in CONSTANTS.items():
        if any(name in node.input for node in made.graph.node):
            made.graph.initializer.append(numpy_helper.from_array(array, name))
    if not any("z" in node.input for node in made.graph.node):
        del made.graph.input[1]
    return made


def draw(case: Case, count: int, seed: int) -> np.ndarray:
    """So many samples, none of them far out."""
    rank_one = (3, 16, 16) if case.shape == MAP else (16,)
    rows = count if case.shape == MAP else 16 * count
    noise = np.random.default_rng(seed).uniform(-2, 2, (rows, *rank_one))
    return (case.middle + case.spread * noise).astype(np.float32)


def inputs(source: onnx.ModelProto, case: Case, count: int) -> dict[str, np.ndarray]:
    names = [each.name for each in source.graph.input]
    return {name: draw(case, count, seed) for seed, name in enumerate(names, count)}


def cosine(found: np.ndarray, expected: np.ndarray) -> float:
    """Of both, less the mean of what is expected."""
    first, second = (
        (each.astype(np.float64) - expected.mean(dtype=np.float64)).ravel()
        for each in (found, expected)
    )
    return float(first @ second / np.sqrt((first @ first) * (second @ second)))


def built(case: Case) -> tuple[onnx.ModelProto, Package]:
    source = model(case)
    return source, aipu.compile(source, calibration=inputs(source, case, 16))


@pytest.mark.parametrize("name", CASES)
def test_differences_survive(name: str) -> None:
    source, package = built(CASES[name])
    one = inputs(source, CASES[name], 1)
    session = onnxruntime.InferenceSession(source.SerializeToString())
    expected = np.asarray(session.run(None, one)[0])
    assert cosine(package.run(one).outputs["y"], expected) >= LEAST_COSINE
    assert all(row.equal for row in package.verify(one))
