"""Models that are quantised already: their integers, within one of onnxruntime's.

The reference runs without fusions: between their pairs its operators are in float. Our
products are those of the model exactly, but scaled by multipliers of 15 bits.
"""

from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper, parser
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects import nn
from aipu.dialects.quant import quantisation
from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

Arrays = Mapping[str, np.ndarray]
GENERATOR = np.random.default_rng(11)


def model(text: str, weights: Arrays) -> onnx.ModelProto:
    """A graph as text, with its initialisers."""
    proto = parser.parse_model(
        '<ir_version: 8, opset_import: ["": 17, "com.microsoft": 1]>\n' + text
    )
    proto.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in weights.items()
    )
    return proto


def expected(proto: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
    return np.asarray(session.run(None, {"x": x})[0])


def quantised(proto: onnx.ModelProto) -> tuple[ModuleOp, AipuContext]:
    """The integer network, without any calibration data."""
    imported = import_onnx(proto)
    context = AipuContext(imported.weights)
    run_pipeline(build_pipeline("import,quantise", PASSES), imported.module, context)
    return imported.module, context


def found(proto: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    module, context = quantised(proto)
    assert context.calibration == "model"
    (result,) = evaluate(main_function(module), [x], context.weights)
    return result


def images(*shape: int) -> np.ndarray:
    return GENERATOR.normal(0, 1, shape).astype(np.float32)


def integers(*shape: int, kind: type = np.int8) -> np.ndarray:
    return GENERATOR.integers(-60, 60, shape).astype(kind)


def scalar(value: float) -> np.ndarray:
    return np.array(value, np.float32)


def zero(value: int, kind: type = np.uint8) -> np.ndarray:
    return np.array(value, kind)


def pairs(*tensors: str) -> str:
    """Quantise and dequantise, e.g. `x sx zx` to `xd`."""
    return "\n".join(
        f"{name}_q = QuantizeLinear({name}, {scale}, {zero_point})\n"
        f"{name}d = DequantizeLinear({name}_q, {scale}, {zero_point})"
        for name, scale, zero_point in (each.split() for each in tensors)
    )


CONV = """
graph (float[1,4,9,9] x) => (float[1,6,5,5] y) {
  xq = QuantizeLinear(x, sx, zx)
  xd = DequantizeLinear(xq, sx, zx)
  wd = DequantizeLinear <axis = 0> (w, sw, zw)
  bd = DequantizeLinear <axis = 0> (b, sb, zb)
  c = Conv <pads = [1,1,1,1], strides = [2,2]> (xd, wd, bd)
  r = Clip(c, low, high)
  rq = QuantizeLinear(r, sr, zr)
  y = DequantizeLinear(rq, sr, zr)
}"""


def conv_weights() -> dict[str, np.ndarray]:
    scale = GENERATOR.uniform(0.005, 0.02, 6).astype(np.float32)
    return {
        "sx": scalar(0.021),
        "zx": zero(131),
        "w": integers(6, 4, 3, 3),
        "sw": scale,
        "zw": np.zeros(6, np.int8),
        "b": integers(6, kind=np.int32) * 20,
        "sb": scale * np.float32(0.021),
        "zb": np.zeros(6, np.int32),
        "low": scalar(0),
        "high": scalar(6),
        "sr": scalar(6 / 255),
        "zr": zero(0),
    }


def test_a_convolution_has_the_integers_of_the_model():
    weights = conv_weights()
    module, context = quantised(model(CONV, weights))
    stored = [
        context.weights[op.key.data]
        for op in module.walk()
        if isinstance(op, nn.WeightOp)
    ]
    assert any(np.array_equal(array, weights["b"]) for array in stored)
    kernel = weights["w"].transpose(0, 2, 3, 1)
    assert any(np.array_equal(array, kernel) for array in stored)


def test_a_convolution_is_within_one_of_the_reference():
    proto, x = model(CONV, conv_weights()), images(1, 4, 9, 9)
    steps = np.abs(found(proto, x) - expected(proto, x)) / (6 / 255)
    assert steps.max() < 1.01
    assert np.mean(steps > 0.5) < 0.02


def test_the_clamp_is_part_of_the_convolution():
    module, _ = quantised(model(CONV, conv_weights()))
    (convolution,) = (op for op in module.walk() if isinstance(op, nn.Conv2dOp))
    assert convolution.activation.data == nn.Clamp(0.0, 6.0)


WIDE = """
graph (float[1,4,9,9] x) => (float[1,{m},{n},{n}] y) {{
  xq = QuantizeLinear(x, sx, zx)
  xd = DequantizeLinear(xq, sx, zx)
  wd = DequantizeLinear(w, sw, zw)
  c = Conv <pads = [{p},1,{p},1], strides = [{s},{s}], dilations = [{d},1],
            group = {g}> (xd, wd)
  cq = QuantizeLinear(c, sc, zc)
  y = DequantizeLinear(cq, sc, zc)
}}"""


@pytest.mark.parametrize(
    ("stride", "dilation", "groups"), [(1, 1, 1), (2, 1, 1), (1, 2, 4), (2, 1, 4)]
)
def test_unsigned_weights_with_a_zero_point_are_exact(
    stride: int, dilation: int, groups: int
):
    text = WIDE.format(
        m=8, n=9 if stride == 1 else 5, p=dilation, s=stride, d=dilation, g=groups
    )
    kernel = GENERATOR.integers(0, 256, (8, 4 // groups, 3, 3)).astype(np.uint8)
    weights = {
        "sx": scalar(0.021),
        "zx": zero(131),
        "w": kernel,
        "sw": scalar(0.01),
        "zw": zero(30),
        "sc": scalar(0.15),
        "zc": zero(100),
    }
    proto, x = model(text, weights), images(1, 4, 9, 9)
    steps = np.abs(found(proto, x) - expected(proto, x)) / 0.15
    assert steps.max() < 1.01
    assert np.mean(steps > 0.5) < 0.02


NETWORK = """
graph (float[1,4,8,8] x) => (float[1,5] y) {
  PAIRS
  k1 = DequantizeLinear(w1, sw, zw)
  a = Conv <pads = [1,1,1,1]> (xd, k1)
  m = MaxPool <kernel_shape = [2,2], strides = [2,2]> (ad)
  k2 = DequantizeLinear(w1, sw, zw)
  b = Conv <pads = [1,1,1,1]> (md, k2)
  s = Add(md, bd)
  j = Concat <axis = 1> (sd, bd)
  t = Sigmoid(jd)
  g = GlobalAveragePool(td)
  f = Flatten(gd)
  k3 = DequantizeLinear(w3, sw, zw)
  h = MatMul(fd, k3)
  y = Softmax(hd)
}"""
SCALES = {
    "x": (0.02, 7),
    "a": (0.06, -3),
    "m": (0.06, -3),
    "b": (0.12, 5),
    "s": (0.15, 9),
    "j": (0.14, 4),
    "t": (1 / 256, -128),
    "g": (1 / 256, -128),
    "f": (1 / 256, -128),
    "h": (0.02, -1),
}


def network() -> onnx.ModelProto:
    """Pairs stand right after what they round."""
    lines: list[str] = []
    for line in NETWORK.splitlines():
        made = line.split("=")[0].strip()
        if "PAIRS" in line:
            lines.append(pairs("x sx zx"))
        else:
            lines.append(line)
            if made in SCALES:
                lines.append(pairs(f"{made} s{made} z{made}"))
    weights = {
        "w1": integers(4, 4, 3, 3),
        "w3": integers(8, 5),
        "sw": scalar(0.01),
        "zw": zero(0, np.int8),
    }
    for name, (scale, zero_point) in SCALES.items():
        weights |= {f"s{name}": scalar(scale), f"z{name}": zero(zero_point, np.int8)}
    return model("\n".join(lines), weights)


def test_a_network_of_many_scales_needs_no_calibration():
    proto, x = network(), images(1, 4, 8, 8)
    assert found(proto, x) == pytest.approx(expected(proto, x), abs=0.02)


def test_each_tensor_has_the_scale_of_the_model():
    module, _ = quantised(network())
    types = [
        quantisation(op.ofm) for op in module.walk() if isinstance(op, nn.Operator)
    ]
    elements = {(each.scale, each.zero_point) for each in types if each is not None}
    wanted = {(float(np.float32(scale)), at) for scale, at in SCALES.values()}
    assert elements == wanted


QOPERATORS = """
graph (float[1,4,8,8] x) => (float[1,5] y) {
  xq = QuantizeLinear(x, s1, z1)
  c = QLinearConv <pads = [1,1,1,1]> (xq, s1, z1, w, sw, zw, s2, z2, b)
  a = com.microsoft.QLinearAdd(c, s2, z2, xq, s1, z1, s3, z3)
  l = com.microsoft.QLinearLeakyRelu <alpha = 0.1> (a, s3, z3, s2, z2)
  p = com.microsoft.QLinearAveragePool <kernel_shape = [2,2], strides = [2,2]>
      (l, s2, z2, s1, z1)
  n = com.microsoft.QLinearSigmoid(p, s1, z1, s4, z4)
  j = com.microsoft.QLinearConcat <axis = 1> (s1, z1, n, s4, z4, p, s1, z1)
  m = MaxPool <kernel_shape = [2,2], strides = [2,2]> (j)
  g = com.microsoft.QLinearGlobalAveragePool(m, s1, z1, s4, z4)
  f = Flatten(g)
  h = com.microsoft.QGemm <transB = 1> (f, s4, z4, v, sv, zv, d, s5, z5)
  y = DequantizeLinear(h, s5, z5)
}"""


def test_operators_on_integers_are_within_one_of_the_reference():
    kind = np.int8
    weights = {
        "w": integers(4, 4, 3, 3),
        "sw": scalar(0.01),
        "zw": zero(0, kind),
        "b": integers(4, kind=np.int32),
        "v": integers(5, 8),
        "sv": GENERATOR.uniform(0.005, 0.02, 5).astype(np.float32),
        "zv": np.zeros(5, kind),
        "d": integers(5, kind=np.int32),
        "s1": scalar(0.03),
        "z1": zero(3, kind),
        "s2": scalar(0.05),
        "z2": zero(-7, kind),
        "s3": scalar(0.06),
        "z3": zero(1, kind),
        "s4": scalar(0.008),
        "z4": zero(-100, kind),
        "s5": scalar(0.02),
        "z5": zero(0, kind),
    }
    proto, x = model(QOPERATORS, weights), images(1, 4, 8, 8)
    steps = np.abs(found(proto, x) - expected(proto, x)) / 0.02
    assert steps.max() < 2.01


def test_what_only_moves_integers_keeps_their_type():
    text = """
    graph (float[2,3,4] x) => (float[4,6] y) {
      q = QuantizeLinear(x, s, z)
      t = Transpose <perm = [2,0,1]> (q)
      r = Reshape(t, shape)
      y = DequantizeLinear(r, s, z)
    }"""
    weights = {"s": scalar(0.1), "z": zero(3), "shape": np.array([4, 6])}
    proto, x = model(text, weights), images(2, 3, 4)
    assert np.allclose(found(proto, x), expected(proto, x), atol=1e-6)


DYNAMIC = """
graph (float[3,16] x) => (float[3,5] y) {
  xq, sx, zx = DynamicQuantizeLinear(x)
  i = MatMulInteger(xq, w, zx, zw)
  c = Cast <to = 1> (i)
  s = Mul(sx, sw)
  m = Mul(c, s)
  y = Add(m, b)
}"""


def test_dynamic_scales_become_ours_and_the_weights_stay():
    weights = {
        "w": GENERATOR.integers(40, 200, (16, 5)).astype(np.uint8),
        "zw": zero(120),
        "sw": scalar(0.01),
        "b": images(5),
    }
    imported, x = import_onnx(model(DYNAMIC, weights)), images(3, 16)
    real = 0.01 * (weights["w"].astype(np.float32) - 120)
    (result,) = evaluate(main_function(imported.module), [x], imported.weights)
    assert np.allclose(result, x @ real + weights["b"], atol=1e-4)
    context = AipuContext(imported.weights, {"x": x})
    run_pipeline(build_pipeline("import,quantise", PASSES), imported.module, context)
    assert context.calibration == "data"
    stored = (weights["w"].astype(int) - 120).T
    assert any(np.array_equal(array, stored) for array in context.weights.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y = DequantizeLinear(q, s2, z)", "it reads integers of"),
        ("t = Add(q, q)\n y = DequantizeLinear(t, s, z)", "it computes with integers"),
        ("y = DequantizeLinear(q, s0, z)", "a scale of 0"),
    ],
)
def test_integers_are_not_taken_for_what_they_are_not(text: str, message: str):
    graph = f"""
    graph (float[4] x) => (float[4] y) {{
      q = QuantizeLinear(x, s, z)
      {text}
    }}"""
    weights = {"s": scalar(0.1), "z": zero(3), "s2": scalar(0.2), "s0": scalar(0)}
    with pytest.raises(AipuError, match=message):
        import_onnx(model(graph, weights))


def test_integers_of_sixteen_bits_are_refused():
    text = """
    graph (float[4] x) => (float[4] y) {
      q = QuantizeLinear(x, s, z)
      y = DequantizeLinear(q, s, z)
    }"""
    weights = {"s": scalar(0.1), "z": zero(3, np.uint16)}
    with pytest.raises(AipuError, match="integers of the type uint16"):
        import_onnx(model(text, weights))


@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_constant_of_one_element_has_a_zero_point_too(shape: tuple[int, ...]):
    text = """
graph (float[1,4] x) => (float[1,4] y) {
  wd = DequantizeLinear(w, sw, zw)
  y = Add(x, wd)
}"""
    weights = {
        "w": np.full(shape, 50, np.int8),
        "sw": scalar(0.5),
        "zw": np.full(shape, 10, np.int8),
    }
    proto = model(text, weights)
    imported = import_onnx(proto)
    x = images(1, 4)
    (y,) = evaluate(main_function(imported.module), [x], imported.weights)
    assert np.array_equal(y, x + 20)


def test_zero_points_that_are_not_as_many_as_the_scales():
    text = """
graph (float[1,4] x) => (float[1,4] y) {
  wd = DequantizeLinear <axis = 0> (w, sw, zw)
  y = Add(x, wd)
}"""
    weights = {"w": integers(4), "sw": scalar(0.5), "zw": np.zeros(3, np.int8)}
    with pytest.raises(AipuError, match="cannot be computed"):
        import_onnx(model(text, weights))
