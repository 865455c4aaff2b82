"""Parameters hold sums of weights times a zero point: equal biases are not enough."""

from collections.abc import Sequence

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu.tests.passes.scheduling.striped.compared import Compared

CHANNELS = 16
STEP, WEIGHT_STEP = 2.0**-5, 2.0**-9


def quantised(weights: Sequence[int], zero_points: Sequence[int]) -> onnx.ModelProto:
    """Products of a model that is in integers: [1, CHANNELS], without a bias.

    Args:
        weights: for each product by which seed its weights are drawn.
        zero_points: of the ifm of the first product, and of all ofms.
    """
    nodes: list[onnx.NodeProto] = []
    arrays: dict[str, np.ndarray] = {}

    def node(kind: str, inputs: Sequence[str], result: str) -> str:
        nodes.append(helper.make_node(kind, inputs, [result], result))
        return result

    def through_integers(name: str, zero_point: int) -> str:
        scale, zero = f"{name} scale", f"{name} zero"
        arrays[scale] = np.array(STEP, np.float32)
        arrays[zero] = np.array(zero_point, np.int8)
        integers = node("QuantizeLinear", [name, scale, zero], f"{name} integers")
        return node("DequantizeLinear", [integers, scale, zero], f"{name} reals")

    name = through_integers("x", zero_points[0])
    arrays["weight scale"] = np.array(WEIGHT_STEP, np.float32)
    for number, (seed, zero_point) in enumerate(
        zip(weights, zero_points[1:], strict=True)
    ):
        generator = np.random.default_rng(seed)
        key = f"weight {seed}"
        shape = (CHANNELS, CHANNELS)
        arrays[key] = generator.integers(-20, 60, shape, dtype=np.int8)
        weight = node("DequantizeLinear", [key, "weight scale"], f"{key} of {number}")
        made = node("MatMul", [name, weight], f"product{number}")
        name = through_integers(made, zero_point)
    shape = (1, CHANNELS)
    graph = helper.make_graph(
        nodes,
        "quantised",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(each, key) for key, each in arrays.items()],
    )
    opset = helper.make_opsetid("", 13)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


@pytest.mark.parametrize(
    "weights, zero_points",
    [
        pytest.param([0, 1, 2, 3], [5, 5, 5, 5, 5], id="other weights"),
        pytest.param([0, 0, 0, 0], [5, -5, 5, -5, 5], id="other zero points"),
    ],
)
def test_equal_biases_are_not_equal_parameters(weights, zero_points):
    samples = np.random.default_rng(1).normal(0, 1, (4, CHANNELS)).astype(np.float32)
    Compared(quantised(weights, zero_points), samples).checked("dp")
