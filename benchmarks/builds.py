"""The time that a build takes a layer, by the number of layers.

    python benchmarks/builds.py [LAYERS...]

The networks are chains of 3x3 convolutions and relus, from ONNX to the report, without
calibration data. The time is CPU time; for each layer it must not grow.
"""

import sys
import warnings
from time import process_time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import aipu

LAYERS = (500, 1_000, 2_000)
CHANNELS, ROWS = 8, 8


def chain(layers: int) -> onnx.ModelProto:
    """So many layers, every other one a relu; values stay of the same size."""
    generator = np.random.default_rng(0)
    shape = (CHANNELS, CHANNELS, 3, 3)
    deviation = (2 / (CHANNELS * 9)) ** 0.5
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []
    value = "x"
    for number in range(layers // 2):
        weight = generator.normal(0, deviation, shape).astype(np.float32)
        weights.append(numpy_helper.from_array(weight, f"weight{number}"))
        conv, relu = f"conv{number}", f"relu{number}"
        ends = [value, f"weight{number}"], [conv]
        nodes.append(helper.make_node("Conv", *ends, conv, pads=[1] * 4))
        nodes.append(helper.make_node("Relu", [conv], [relu], relu))
        value = relu
    ifm = (1, CHANNELS, ROWS, ROWS)
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ifm)],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, None)],
        weights,
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def seconds(layers: int) -> float:
    """CPU time from the model to its report."""
    model = chain(layers)
    start = process_time()
    assert aipu.compile(model).report
    return process_time() - start


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"{'layers':>8} {'seconds':>9} {'ms a layer':>11}")
    for layers in map(int, sys.argv[1:] or LAYERS):
        elapsed = seconds(layers)
        print(f"{layers:>8} {elapsed:>9.2f} {1e3 * elapsed / layers:>11.2f}")


if __name__ == "__main__":
    main()
