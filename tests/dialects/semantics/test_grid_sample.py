"""GridSample is what onnxruntime computes: every mode, padding and corner, any rank."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from aipu.dialects.semantics.onnx_node import run_node

NAMES = {"linear": "bilinear", "cubic": "bicubic", "nearest": "nearest"}
"""As opset 16 spells the modes of opset 20."""


@pytest.mark.parametrize("opset", [16, 20])
@pytest.mark.parametrize("align_corners", [0, 1])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", NAMES)
def test_grid_sample(mode, padding, align_corners, opset):
    check((2, 3, 5, 6), (2, 4, 7, 2), mode, padding, align_corners, opset)


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["linear", "nearest"])
def test_of_a_volume(mode, padding):
    check((1, 2, 3, 4, 5), (1, 2, 3, 4, 3), mode, padding, 0, 20)


@pytest.mark.parametrize("align_corners", [0, 1])
def test_of_one_row(align_corners):
    check((1, 2, 1, 5), (1, 3, 3, 2), "linear", "reflection", align_corners, 20)


def check(ifm, grid, mode, padding, align_corners, opset):
    """Positions lie up to a whole feature map outside."""
    generator = np.random.default_rng(0)
    arrays = {
        "x": generator.normal(size=ifm).astype(np.float32),
        "grid": generator.uniform(-3, 3, grid).astype(np.float32),
    }
    node = helper.make_node(
        "GridSample",
        ["x", "grid"],
        ["y"],
        mode=NAMES[mode] if opset < 20 else mode,
        padding_mode=padding,
        align_corners=align_corners,
    )
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in arrays.items()
    ]
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "grid", inputs, [result])
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    expected = np.asarray(session.run(None, arrays)[0])
    (found,) = run_node(node, list(arrays.values()), {"": opset})
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()
