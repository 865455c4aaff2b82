"""The magnitude of a spectrum, as speech networks begin: loud and quiet, in int8."""

import numpy as np
import onnx
import pytest
from onnx import parser

import aipu
from aipu.runtime.building.closeness import Closeness

WEIGHT = ", ".join(map(str, np.random.default_rng(0).normal(0, 0.5, 128).round(4)))

HEAD = """<ir_version: 9, opset_import: ["" : 17]>
agraph (float[1,8,20] x) => (float[1,8,20] y)
<float[8,8,1] w = {FIRST}, float[8,8,1] v = {SECOND}, float two = {2}, float e = {1e-6}>
{ a = Conv(x, w) b = Conv(x, v) BODY y = Conv(m, w) }
"""
numbers = WEIGHT.split(", ")
HEAD = HEAD.replace("FIRST", ", ".join(numbers[:64]))
HEAD = HEAD.replace("SECOND", ", ".join(numbers[64:]))

SPELLINGS = {
    "powers": "p = Pow(a, two) q = Pow(b, two) s = Add(p, q) m = Sqrt(s)",
    "products": "p = Mul(a, a) q = Mul(b, b) t = Add(p, q) s = Add(t, e) m = Sqrt(s)",
}


@pytest.mark.parametrize("body", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.filterwarnings("ignore")
def test_a_quiet_frame_is_as_fine_as_eight_bits_can_be(body: str) -> None:
    model: onnx.ModelProto = parser.parse_model(HEAD.replace("BODY", body))
    loud = np.random.default_rng(1).standard_normal((8, 8, 20), np.float32)
    package = aipu.compile(model, calibration=loud)
    quiet = {"x": 0.2 * loud[:1]}
    closeness = Closeness()
    real = package.reference(quiet, "float")["y"]
    closeness.see(real, package.run(quiet).outputs["y"])
    assert closeness.sqnr_db > 20
