"""Normalisations and activations as exporters spell them out, against onnxruntime.

Each is recognised as the operator that it is, and in int8, where its parts by
themselves would divide by 0, it is near its float.
"""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import parser

import aipu
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

GENERATOR = np.random.default_rng(2)
WEIGHT = ", ".join(map(str, GENERATOR.normal(0, 0.3, 256).round(4)))

HEAD = """<ir_version: 9, opset_import: ["" : 20]>
agraph (float[1,8,16] x) => (float[1,8,16] y)
<float[16,16] w = {WEIGHT}, float e = {0.00001}, float two = {2}, float half = {0.5},
 float one = {1}, float six = {6}, float three = {3}, float zero = {0}, float n = {16},
 float least = {0.000001}, float root = {1.4142135}, float cube = {0.044715},
 float lean = {0.79788456}, int64[1] last = {-1}, int64[1] rows = {1},
 float[16] g = {1,2,3,4,1,2,3,4,1,2,3,4,1,2,3,4},
 float[16] b = {0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1}>
{ a = MatMul(x, w)
""".replace("WEIGHT", WEIGHT)

CENTRED = "m = ReduceMean(a, last) c = Sub(a, m) s = Mul(c, c) v = ReduceMean(s, last) "
SQUARES = "s = Pow(a, two) v = ReduceMean(s, last) p = Add(v, e) "
SUM = "s = Mul(a, a) t = ReduceSum(s, last) "

SPELLINGS = {
    "as PyTorch writes it": (
        "nn.layer_norm",
        CENTRED + "p = Add(v, e) r = Sqrt(p) q = Div(c, r) h = Mul(q, g) y = Add(h, b)",
    ),
    "without gain and offset": (
        "nn.layer_norm",
        CENTRED + "p = Add(v, e) r = Sqrt(p) i = Reciprocal(r) y = Mul(c, i)",
    ),
    "by one over the root": (
        "nn.layer_norm",
        CENTRED + "p = Add(e, v) r = Sqrt(p) i = Div(one, r) j = Mul(i, g) "
        "k = Mul(j, c) y = Add(b, k)",
    ),
    "as Keras writes it": (
        "nn.layer_norm",
        CENTRED + "p = Add(v, e) r = Sqrt(p) i = Reciprocal(r) j = Mul(i, g) "
        "k = Mul(a, j) l = Mul(m, j) o = Sub(b, l) y = Add(k, o)",
    ),
    "as Flax writes it": (
        "nn.layer_norm",
        "m = ReduceMean(a, last) c = Sub(a, m) s = Mul(a, a) v = ReduceMean(s, last) "
        "mm = Mul(m, m) d = Sub(v, mm) d0 = Max(d, zero) p = Add(d0, e) r = Sqrt(p) "
        "i = Reciprocal(r) j = Mul(i, g) k = Mul(c, j) y = Add(k, b)",
    ),
    "with the gain first": (
        "nn.layer_norm",
        CENTRED + "p = Add(v, e) r = Sqrt(p) h = Mul(g, c) q = Div(h, r) y = Add(q, b)",
    ),
    "along rows": (
        "nn.layer_norm",
        "m = ReduceMean(a, rows) c = Sub(a, m) s = Mul(c, c) v = ReduceMean(s, rows) "
        "p = Add(v, e) r = Sqrt(p) y = Div(c, r)",
    ),
    "a root mean square": (
        "nn.rms_norm",
        SQUARES + "r = Sqrt(p) i = Reciprocal(r) q = Mul(a, i) y = Mul(g, q)",
    ),
    "a root mean square by a sum": (
        "nn.rms_norm",
        SUM + "v = Div(t, n) p = Add(v, e) r = Sqrt(p) y = Div(a, r)",
    ),
    "a length, and no less": (
        "nn.lp_norm",
        "r = ReduceL2(a, last) k = Clip(r, least) y = Div(a, k)",
    ),
    "a length that is broadcast": (
        "nn.lp_norm",
        "r = ReduceL2(a, last) k = Clip(r, least) "
        "shape = Shape(a) f = Expand(k, shape) y = Div(a, f)",
    ),
    "a squared length, and no less": (
        "nn.lp_norm",
        SUM + "k = Max(t, least) r = Sqrt(k) i = Reciprocal(r) y = Mul(a, i)",
    ),
    "a sum of magnitudes": (
        "nn.lp_norm",
        "r = ReduceL1(a, last) k = Max(r, least) y = Div(a, k)",
    ),
    "gelu": (
        "nn.gelu",
        "d = Div(a, root) f = Erf(d) p = Add(f, one) m = Mul(a, p) y = Mul(m, half)",
    ),
    "gelu, halved first": (
        "nn.gelu",
        "h = Mul(half, a) d = Div(a, root) f = Erf(d) p = Add(one, f) y = Mul(h, p)",
    ),
    "gelu by tanh": (
        "nn.gelu_tanh",
        "c = Pow(a, three) d = Mul(c, cube) f = Add(a, d) s = Mul(f, lean) t = Tanh(s) "
        "p = Add(t, one) h = Mul(a, half) y = Mul(h, p)",
    ),
    "silu": ("nn.silu", "s = Sigmoid(a) y = Mul(a, s)"),
    "silu by exp": ("nn.silu", "m = Neg(a) f = Exp(m) d = Add(f, one) y = Div(a, d)"),
    "hard swish": (
        "nn.hard_swish",
        "p = Add(a, three) c = Clip(p, zero, six) m = Mul(a, c) y = Div(m, six)",
    ),
    "hard swish by a sigmoid": (
        "nn.hard_swish",
        "s = HardSigmoid <alpha = 0.16666667, beta = 0.5> (a) y = Mul(s, a)",
    ),
    "mish": ("nn.mish", "p = Softplus(a) t = Tanh(p) y = Mul(a, t)"),
    "mish by exp": (
        "nn.mish",
        "f = Exp(a) p = Add(f, one) l = Log(p) t = Tanh(l) y = Mul(t, a)",
    ),
}


def spelled(body: str) -> onnx.ModelProto:
    return parser.parse_model(f"{HEAD}{body}\n}}")


def imported(model: onnx.ModelProto) -> str:
    """The network after the pipeline `import`, as text."""
    found = import_onnx(model)
    context = AipuContext(found.weights)
    run_pipeline(build_pipeline("import", PASSES), found.module, context)
    return str(found.module)


def expected(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return np.asarray(session.run(None, {"x": x})[0])


def decibels(signal: np.ndarray, noisy: np.ndarray) -> float:
    return 10 * np.log10(np.sum(signal**2) / np.sum((signal - noisy) ** 2))


@pytest.mark.parametrize("case", SPELLINGS)
def test_what_is_spelled_out_is_recognised_and_stays_itself(case: str) -> None:
    operator, body = SPELLINGS[case]
    model = spelled(body)
    text = imported(model)
    assert text.count(operator + " ") == 1
    assert not any(part in text for part in ("nn.div", "sqrt", "nn.exp", "nn.erf"))
    samples = np.random.default_rng(3).normal(size=(8, 8, 16)).astype(np.float32)
    package = aipu.compile(model, calibration=samples)
    x = np.random.default_rng(4).normal(size=(1, 8, 16)).astype(np.float32)
    right = expected(model, x)
    reals = package.reference({"x": x}, "float")["y"]
    assert reals == pytest.approx(right, abs=1e-5 * float(np.abs(right).max()))
    assert decibels(right, package.run({"x": x}).outputs["y"]) > 30


@pytest.mark.parametrize(
    "body",
    [
        "r = ReduceL2(a, last) k = Clip(r, least) y = Div(a, k)",
        "r = ReduceL2(a, last) y = Div(a, r)",
        SQUARES + "r = Sqrt(p) y = Div(a, r)",
        CENTRED + "p = Add(v, e) r = Sqrt(p) f = Add(r, e) y = Div(c, f)",
        "s = Sigmoid(a) t = Tanh(a) y = Div(s, t)",
        "s = Abs(a) t = ReduceMax(s, last) y = Div(a, t)",
    ],
)
def test_rows_of_zeros_and_quiet_ones_are_finite(body: str) -> None:
    model = spelled(body)
    samples = np.random.default_rng(3).normal(size=(8, 8, 16)).astype(np.float32)
    x = samples[:1].copy()
    x[0, 0] = 0
    x[0, 1] /= 500
    package = aipu.compile(model, calibration=samples)
    stored = package.run({"x": x}).outputs["y"]
    assert np.isfinite(stored).all()
    assert "Tanh" in body or not stored[0, 0].any()
    assert all(row.equal for row in package.verify({"x": x}))


@pytest.mark.parametrize(
    "body",
    [
        CENTRED + "p = Add(v, e) r = Sqrt(p) y = Div(c, r)",
        SQUARES + "r = Sqrt(p) y = Div(a, r)",
        "r = ReduceL2(a, last) k = Clip(r, least) y = Div(a, k)",
    ],
)
def test_rows_of_unlike_sizes_are_normalised_as_in_reals(body: str) -> None:
    """Of rows from 0.01 to 100, eight bits would keep only the loud ones."""
    model = spelled(body)
    generator = np.random.default_rng(3)
    sizes = np.exp(generator.normal(0, 2, (9, 8, 1)))
    samples = (sizes * generator.normal(size=(9, 8, 16))).astype(np.float32)
    package = aipu.compile(model, calibration=samples[1:])
    x = samples[:1]
    right = expected(model, x)
    assert decibels(right, package.run({"x": x}).outputs["y"]) > 20


WIDER = """<ir_version: 9, opset_import: ["" : 17]>
agraph (float[1,3,1,4] x) => (float[1,3,2,4] y)
<float[1,4] gain = {1,2,3,4}, float[2,4] wide = {1,2,3,4,5,6,7,8}>
{ l = LayerNormalization <axis = 2> (x, gain) y = OPERATOR(l, wide) }
"""


@pytest.mark.parametrize("operator", ["Mul", "Add"])
def test_a_constant_that_widens_a_normalisation_is_not_its_gain(operator: str) -> None:
    model = parser.parse_model(WIDER.replace("OPERATOR", operator))
    x = np.random.default_rng(3).normal(size=(9, 3, 1, 4)).astype(np.float32)
    package = aipu.compile(model, calibration=x)
    (found,) = package.reference({"x": x[:1]}, "float").values()
    assert found == pytest.approx(expected(model, x[:1]), abs=1e-5)
