"""What onnxruntime makes of several operators, against onnxruntime itself."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper, parser

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx

GENERATOR = np.random.default_rng(5)
WEIGHTS = {
    "w": GENERATOR.standard_normal((4, 3, 3, 3)),
    "z": GENERATOR.standard_normal((1, 4, 6, 6)),
    "m": GENERATOR.standard_normal((8, 5)),
    "t": GENERATOR.standard_normal((5, 8)),
    "b4": GENERATOR.standard_normal(4),
    "b5": GENERATOR.standard_normal(5),
    "b8": GENERATOR.standard_normal(8),
    "g8": GENERATOR.standard_normal(8),
    "r": GENERATOR.standard_normal((1, 3, 8, 8)),
}
NODES = {
    "FusedConv": '<activation = "Relu"> (x, w)',
    "FusedConv with a sum": '<activation = "Tanh", pads = [0, 0, 0, 0]> (x, w, b4, z)',
    "FusedConv, clipped": '<activation = "Clip", activation_params = [-0.5, 2.0]> '
    "(x, w, b4)",
    "FusedConv, leaky": '<activation = "LeakyRelu", activation_params = [0.2]> (x, w)',
    "FusedGemm": '<activation = "Sigmoid", alpha = 0.5> (f, m, b5)',
    "FusedGemm, leaky": '<activation = "LeakyRelu", activation_alpha = 0.3> (f, m)',
    "FusedMatMul": "<alpha = 0.25> (f, m)",
    "FusedMatMul, turned": "<transB = 1> (f, t)",
    "FusedMatMul of two that are computed": "<transA = 1, alpha = 2.0> (s, k)",
    "Gelu": "(x)",
    "BiasGelu": "(x, b8)",
    "FastGelu": "(x)",
    "FastGelu with a bias": "(x, b8)",
    "QuickGelu": "(x)",
    "QuickGelu of another slope": "<alpha = 0.9> (x)",
    "SkipLayerNormalization": "(s, k, g8, b8)",
    "SkipLayerNormalization with a bias": "<epsilon = 0.01> (s, k, g8, b8, b8)",
    "SkipSimplifiedLayerNormalization": "<epsilon = 0.00001> (s, k, g8)",
}
SHAPED = """
    f = Reshape (x, f_shape)
    s = Reshape (x, s_shape)
    k = Reshape (r, s_shape)"""


def model(body: str, outputs: str = "float[] y") -> onnx.ModelProto:
    """A graph of a map x, its rows f [24, 8], and as words s and k, [1, 24, 8]."""
    proto = parser.parse_model(
        '<ir_version: 8, opset_import: ["": 17, "com.microsoft": 1]>\n'
        f"graph (float[1, 3, 8, 8] x) => ({outputs}) {{ {SHAPED} {body} }}"
    )
    shapes = {"f_shape": np.array([24, 8]), "s_shape": np.array([1, 24, 8])}
    reals = {name: array.astype(np.float32) for name, array in WEIGHTS.items()}
    proto.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in (reals | shapes).items()
    )
    return proto


@pytest.fixture
def check(results, error, left_to_onnx):
    """A model means here what it means in onnxruntime, with no help of onnx."""

    def run(proto: onnx.ModelProto) -> None:
        x = GENERATOR.standard_normal((1, 3, 8, 8), np.float32)
        session = onnxruntime.InferenceSession(proto.SerializeToString())
        expected = [np.asarray(each) for each in session.run(None, {"x": x})]
        imported = import_onnx(proto)
        assert error(results(imported, [x]), expected) < 1e-5
        assert left_to_onnx(imported) == []

    return run


@pytest.mark.parametrize("name", NODES)
def test_fused(check, name):
    operator = name.replace(",", " ").split()[0]
    check(model(f"y = com.microsoft.{operator} {NODES[name]}"))


def test_the_sum_is_a_result_too(check):
    body = "y, mean, deviation, sum = com.microsoft.SkipLayerNormalization (s, k, g8)"
    check(model(body.replace("mean, deviation", ","), "float[] y, float[] sum"))


def test_an_activation_that_is_none():
    body = 'y = com.microsoft.FusedConv <activation = "Sine"> (x, w)'
    with pytest.raises(UnsupportedError, match="the activation 'Sine'"):
        import_onnx(model(body))
