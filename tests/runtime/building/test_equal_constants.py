"""Equal constants: once in the binary, once in the bounds, once in the file."""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

import aipu
from aipu.backend_aipu.binary import read_binary
from aipu.dialects.aipu import Space
from aipu.runtime.figures.figures import figures

CHANNELS = 64


def two_branches(first: np.ndarray, second: np.ndarray) -> onnx.ModelProto:
    """The sum of two layers of one input."""
    weights = {"first.weight": first, "second.weight": second}
    nodes = [
        helper.make_node("MatMul", ["x", f"{name}.weight"], [name], name)
        for name in ("first", "second")
    ]
    nodes.append(helper.make_node("Add", ["first", "second"], ["y"], "sum"))
    graph = helper.make_graph(
        nodes,
        "branches",
        [helper.make_tensor_value_info("x", 1, [1, CHANNELS])],
        [helper.make_tensor_value_info("y", 1, [1, CHANNELS])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opsets = [helper.make_opsetid("", 20)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def test_equal_weights_are_one(tmp_path: Path) -> None:
    """Weights and the parameters of each channel: 64 * 64 bytes and 8 * 64."""
    weight = np.random.default_rng(0).normal(size=(CHANNELS,) * 2).astype(np.float32)
    for other, times in ((weight.copy(), 1), (-weight, 2)):
        package = aipu.compile(two_branches(weight, other))
        program, _ = read_binary(package.binary)
        constants = [b.bytes for b in program.buffers if b.space is Space.WEIGHTS]
        assert sorted(constants) == [8 * CHANNELS] * times + [CHANNELS**2] * times
        bounds = figures(package.report).bounds
        assert bounds.dram_bytes_fused == sum(constants) + 2 * CHANNELS
        assert all(row.equal for row in package.verify())
        package.save(tmp_path / str(times))
    sizes = [(tmp_path / name / "weights.npz").stat().st_size for name in "12"]
    assert sizes[1] > sizes[0] + CHANNELS**2
