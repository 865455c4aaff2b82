"""ConvTranspose is what onnxruntime computes, and does not take seconds."""

from time import process_time

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from aipu.dialects.semantics.onnx_node import run_node

CASES = {
    "a line": ((2, 4, 9), (4, 3, 3), {"strides": [2]}),
    "a map": ((1, 4, 5, 6), (4, 2, 3, 2), {"strides": [2, 3], "pads": [1, 0, 0, 1]}),
    "groups": ((1, 6, 5, 5), (6, 2, 3, 3), {"group": 3, "dilations": [2, 1]}),
    "a volume": (
        (2, 3, 4, 3, 5),
        (3, 2, 3, 2, 3),
        {"strides": [2, 1, 3], "output_padding": [1, 0, 2], "pads": [1, 0, 1, 0, 1, 1]},
    ),
    "a volume in groups": ((1, 4, 3, 3, 3), (4, 1, 2, 2, 2), {"group": 4}),
    "of a shape": (
        (1, 2, 5, 5),
        (2, 2, 4, 4),
        {"strides": [3, 3], "output_shape": [14, 13]},
    ),
    "the same, upper": (
        (1, 2, 5),
        (2, 2, 4),
        {"strides": [3], "auto_pad": "SAME_UPPER"},
    ),
    "the same, lower": (
        (1, 2, 5),
        (2, 2, 4),
        {"strides": [3], "auto_pad": "SAME_LOWER"},
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("with_bias", [True, False])
def test_conv_transpose(name: str, with_bias: bool) -> None:
    shape, kernel, attributes = CASES[name]
    generator = np.random.default_rng(0)
    arrays = [generator.standard_normal(each, np.float32) for each in (shape, kernel)]
    if with_bias:
        channels = kernel[1] * attributes.get("group", 1)
        arrays.append(generator.standard_normal(channels, np.float32))
    names = ["x", "w", "b"][: len(arrays)]
    node = helper.make_node("ConvTranspose", names, ["y"], **attributes)
    graph = helper.make_graph(
        [node],
        "graph",
        [
            helper.make_tensor_value_info(each, TensorProto.FLOAT, array.shape)
            for each, array in zip(names, arrays, strict=True)
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    feeds = dict(zip(names, arrays, strict=True))
    expected = np.asarray(session.run(None, feeds)[0])
    (found,) = run_node(node, arrays, {"": 17})
    assert found.shape == expected.shape
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_volume_takes_no_seconds() -> None:
    """3 s in onnx's own implementation."""
    generator = np.random.default_rng(0)
    arrays = [
        generator.standard_normal(shape, np.float32)
        for shape in ((1, 8, 10, 10, 10), (8, 8, 3, 3, 3))
    ]
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"])
    start = process_time()
    run_node(node, arrays, {"": 17})
    assert process_time() - start < 1
