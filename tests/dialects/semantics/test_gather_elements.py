"""GatherElements is what onnxruntime computes: any axis, any rank, a single row too."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from aipu.dialects.semantics.onnx_node import run_node


@pytest.mark.parametrize("data, indices, axis", [
    ((1, 512), (1, 16), 1),
    ((1, 5), (1, 3), 1),
    ((2, 40), (2, 3), -1),
    ((40, 3), (3, 2), 0),
    ((2, 3, 40), (1, 2, 5), 2),
    ((7,), (9,), 0),
])  # fmt: skip
def test_gather_elements(data, indices, axis):
    generator = np.random.default_rng(0)
    x = generator.standard_normal(data, np.float32)
    at = generator.integers(-data[axis], data[axis], indices)
    node = helper.make_node("GatherElements", ["x", "at"], ["y"], axis=axis)
    graph = helper.make_graph(
        [node],
        "graph",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, data),
            helper.make_tensor_value_info("at", TensorProto.INT64, indices),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, indices)],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (expected,) = session.run(None, {"x": x, "at": at})
    (found,) = run_node(node, [x, at], {"": 17})
    assert np.array_equal(found, np.asarray(expected))
