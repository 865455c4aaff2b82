"""Damaged models: an answer in time for each, and never a traceback."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper, parser

from aipu.frontends.onnx.importer import import_onnx
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.message_fuzz import message_mutants

COUNTS = [21, pytest.param(500, marks=pytest.mark.long)]

IMAGES = """
graph (float[1,3,6,6] x) => (float[1,3] z) {
    c = Conv <pads = [1, 1, 1, 1]> (x, kernel, bias)
    n = BatchNormalization (c, gain, offset, mean, variance)
    r = Relu (n)
    p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
    u = Resize <mode = "nearest"> (p, , scales)
    j = Concat <axis = 1> (u, r)
    s = Slice (j, zero, six, one)
    t = Transpose <perm = [0, 2, 3, 1]> (s)
    extents = Shape (t)
    images = Gather <axis = 0> (extents, zero)
    target = Concat <axis = 0> (images, rest)
    f = Reshape (t, target)
    y = Gemm (f, weight, classes)
    z = Softmax <axis = 1> (y)
}
"""
INTEGERS = """
graph (float[1,3,6,6] x) => (float[1,4,4,4] y) {
    xq = QuantizeLinear (x, step, centre)
    xd = DequantizeLinear (xq, step, centre)
    kd = DequantizeLinear <axis = 0> (kernel, steps, zeros)
    c = Conv (xd, kd)
    cq = QuantizeLinear (c, step, centre)
    cd = DequantizeLinear (cq, step, centre)
    eq = QLinearConv (cq, step, centre, narrow, step, none, step, centre)
    e = DequantizeLinear (eq, step, centre)
    y = Add (cd, e)
}
"""
SEQUENCES = """
graph (float[3,1,5] x) => (float[2,1,4] h, float[2,1] best, float[3,2,1,4] y) {
    s, h, c = LSTM <hidden_size = 4, direction = "bidirectional"> (x, w, r, b)
    m = ReduceMean <axes = [0], keepdims = 0> (s)
    a = ArgMax <axis = 2, keepdims = 0> (m)
    best = Cast <to = 1> (a)
    sums = CumSum (s, axis)
    wide = Expand (factors, extents)
    y = Mul (sums, wide)
}
"""


def real(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape)).standard_normal(shape, np.float32)


def byte(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(-127, 127, shape).astype(np.int8)


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


WEIGHTS = {
    IMAGES: {
        "kernel": real(4, 3, 3, 3),
        "bias": real(4),
        "gain": real(4),
        "offset": real(4),
        "mean": real(4),
        "variance": real(4) ** 2,
        "scales": np.array([1, 1, 2, 2], np.float32),
        "zero": ints(0),
        "six": ints(6),
        "one": ints(1),
        "rest": ints(-1),
        "weight": real(216, 3),
        "classes": real(3),
    },
    INTEGERS: {
        "step": np.array(0.05, np.float32),
        "centre": np.array(120, np.uint8),
        "kernel": byte(4, 3, 3, 3),
        "steps": np.full(4, 0.01, np.float32),
        "zeros": np.zeros(4, np.int8),
        "narrow": byte(4, 4, 1, 1),
        "none": np.array(0, np.int8),
    },
    SEQUENCES: {
        "w": real(2, 16, 5),
        "r": real(2, 16, 4),
        "b": real(2, 32),
        "axis": np.array(0),
        "factors": real(4),
        "extents": ints(3, 2, 1, 4),
    },
}


@pytest.fixture(params=WEIGHTS, ids=["images", "integers", "sequences"])
def model(request: pytest.FixtureRequest) -> onnx.ModelProto:
    opset = '<ir_version: 8, opset_import: ["" : 17]>'
    found = parser.parse_model(f"{opset} {request.param.replace('graph', 'g', 1)}")
    found.graph.initializer.extend(
        numpy_helper.from_array(array, name)
        for name, array in WEIGHTS[request.param].items()
    )
    return found


@pytest.mark.parametrize("seed", [None, 0], ids=["stored", "drawn"])
@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_damaged_models(
    model: onnx.ModelProto, tmp_path: Path, count: int, seed: int | None
) -> None:
    def read(path: Path) -> None:
        import_onnx(path, random_weights=seed)

    def build(path: Path) -> None:
        build_if_small(path, Options(random_weights=seed, batch=batch))

    path, content = tmp_path / "model.onnx", model.SerializeToString()
    batch = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value
    assert survives(build, content, path)
    for damaged in (mutants(content, count), message_mutants(model, count)):
        taken, files = count_taken(read, build, damaged, path)
        assert 0 < taken < files == count
