"""Slopes in the output stage of products: exact at every level, by every strategy."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper, parser

import aipu
from aipu.dialects import nn

GENERATOR = np.random.default_rng(4)
WEIGHTS = {
    "w": GENERATOR.normal(0, 0.3, (12, 3, 3, 3)),
    "s": GENERATOR.uniform(-0.4, 1.6, (12, 1, 1)),
    "d": GENERATOR.normal(0, 0.5, (12, 1, 3, 3)),
    "t": GENERATOR.uniform(0, 0.5, (12, 1, 1)),
    "v": GENERATOR.normal(0, 0.3, (12, 12, 1, 1)),
    "f": GENERATOR.normal(0, 0.1, (12 * 7 * 7, 10)),
    "g": GENERATOR.uniform(-0.4, 0.4, 10),
}
BODY = """<ir_version: 9, opset_import: ["" : 17]> net (float[1,3,14,14] x)
  => (float[1,10] y) {
  a = Conv<pads = [1,1,1,1]>(x, w)
  b = PRelu(a, s)
  c = Conv<pads = [1,1,1,1], group = 12>(b, d)
  e = PRelu(c, t)
  h = Conv(e, v)
  i = LeakyRelu<alpha = 0.2>(h)
  j = Add(i, b)
  k = PRelu(j, s)
  l = MaxPool<kernel_shape = [2,2], strides = [2,2]>(k)
  m = Flatten(l)
  n = MatMul(m, f)
  y = PRelu(n, g)
}"""
SAMPLES = GENERATOR.normal(size=(16, 3, 14, 14)).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    made = parser.parse_model(BODY)
    for name, array in WEIGHTS.items():
        weight = numpy_helper.from_array(array.astype(np.float32), name)
        made.graph.initializer.append(weight)
    return made


@pytest.mark.parametrize("strategy", ["layerwise", "packed", "striped"])
def test_all_levels_agree_and_are_near_onnxruntime(
    model: onnx.ModelProto, strategy: str
) -> None:
    package = aipu.compile(model, calibration=SAMPLES, strategy=strategy)
    operators = list(package.levels["quantised"].walk())
    products = [op for op in operators if isinstance(op, nn.WeightedSums)]
    assert [len(op.rescale) for op in products] == [4] * 5
    assert not any(isinstance(op, nn.RequantiseOp | nn.LookupOp) for op in operators)
    assert all(row.equal for row in package.verify())
    session = onnxruntime.InferenceSession(model.SerializeToString())
    expected = np.asarray(session.run(None, {"x": SAMPLES[:1]})[0])
    found = package.run({"x": SAMPLES[:1]}).outputs["y"]
    noise = np.square(expected - found).sum() / np.square(expected).sum()
    assert 10 * np.log10(1 / noise) > 30
