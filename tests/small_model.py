"""A small ONNX model that has a bit of everything, and what tests do with models.

Convolutions with and without a stride, depthwise, a sum, pools, a fully connected
layer; a normalisation that the machine lacks cuts it into two segments.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

INPUT, OUTPUT = "image", "scores"
SHAPE = (1, 3, 16, 16)
LAYERS_WITH_WEIGHTS = 4


def small_model(shape: Sequence[int | str] = SHAPE) -> onnx.ModelProto:
    """The model; its weights are always the same."""
    generator = np.random.default_rng(0)
    weights = {
        "w1": generator.normal(0, 0.3, (8, 3, 3, 3)),
        "b1": generator.normal(0, 0.1, (8,)),
        "w2": generator.normal(0, 0.3, (8, 1, 3, 3)),
        "w3": generator.normal(0, 0.3, (16, 8, 1, 1)),
        "w4": generator.normal(0, 0.3, (10, 16)),
    }
    pads = [1, 1, 1, 1]
    nodes = [
        _node("Conv", "first", [INPUT, "w1", "b1"], kernel_shape=[3, 3], pads=pads),
        _node("Relu", "relu", ["first"]),
        _node("Conv", "depth", ["relu", "w2"], kernel_shape=[3, 3], pads=pads, group=8),
        _node("Add", "sum", ["depth", "relu"]),
        _node("LRN", "normal", ["sum"], size=3),
        _node("Conv", "second", ["normal", "w3"], kernel_shape=[1, 1], strides=[2, 2]),
        _node("MaxPool", "pool", ["second"], kernel_shape=[2, 2], strides=[2, 2]),
        _node("GlobalAveragePool", "mean", ["pool"]),
        _node("Flatten", "flat", ["mean"]),
        _node("Gemm", "classes", ["flat", "w4"], transB=1),
        _node("Softmax", OUTPUT, ["classes"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(array.astype(np.float32), name)
            for name, array in weights.items()
        ],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def images(count: int) -> np.ndarray:
    """Inputs of the model, always the same: [count, 3, 16, 16]."""
    return np.random.default_rng(1).normal(0, 1, (count, *SHAPE[1:])).astype(np.float32)


def save(model: onnx.ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


def model_of(operator: str, shape: Sequence[int]) -> onnx.ModelProto:
    """A model of one node without attributes and weights, from x to y."""
    graph = helper.make_graph(
        [helper.make_node(operator, ["x"], ["y"], f"the {operator}")],
        operator,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _node(
    operator: str,
    name: str,
    inputs: Sequence[str],
    **attributes: int | list[int],
) -> onnx.NodeProto:
    """A node, and the tensor that it writes, under one name."""
    node = helper.make_node(operator, inputs, [name], name)
    node.attribute.extend(
        helper.make_attribute(key, value) for key, value in attributes.items()
    )
    return node
