"""Feature maps of which not even a row, or a channel, fits the memory on chip.

Each network is for a machine of a few hundred bytes of SRAM, so that its tiles are cut
along columns too, or along whatever is kept whole otherwise. The values are those of
whole arrays, and the machine runs all of it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx import NodeProto, helper, numpy_helper
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

import aipu
from aipu.backend_aipu.binary import read_binary
from aipu.backend_aipu.program import Program
from aipu.dialects import nn
from aipu.dialects.locations import named
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.compiled import compiled, run
from aipu.tests.machines import target_file, tiny_machine
from aipu.tests.quantised_networks import Network

RANDOM = np.random.default_rng(0)


def model(
    node: NodeProto, shapes: Sequence[Sequence[int]], **weights: np.ndarray
) -> onnx.ModelProto:
    """A node between two leaky ReLUs, of which the first keeps it on the machine."""
    inputs = [f"x{number}" for number in range(len(shapes))]
    before = [
        helper.make_node("LeakyRelu", [name], [f"{name}/a"], f"{name}/a")
        for name in inputs
    ]
    node.input[: len(inputs)] = [f"{name}/a" for name in inputs]
    graph = helper.make_graph(
        [*before, node, helper.make_node("LeakyRelu", ["b"], ["y"], "y")],
        "wide",
        [
            helper.make_tensor_value_info(name, 1, shape)
            for name, shape in zip(inputs, shapes, strict=True)
        ],
        [helper.make_tensor_value_info("y", 1, None)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opsets = [helper.make_opsetid("", 20)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def node(operator: str, *others: str, inputs: int = 1, **attributes: object):
    reads = [""] * inputs + list(others)
    made = helper.make_node(operator, reads, ["b"], "b")
    made.attribute.extend(
        helper.make_attribute(name, value) for name, value in attributes.items()
    )
    return made


def drawn(*shape: int) -> np.ndarray:
    return RANDOM.normal(0, 0.3, shape).astype(np.float32)


def conv(shape: Sequence[int], weight: Sequence[int], **attributes: object):
    return model(node("Conv", "w", inputs=1, **attributes), [shape], w=drawn(*weight))


NETWORKS: Mapping[str, onnx.ModelProto] = {
    "conv": conv((1, 8, 3, 101), (12, 8, 3, 3), pads=[1] * 4),
    "conv of a batch, strided": conv(
        (2, 6, 5, 97), (7, 6, 3, 3), pads=[1, 2, 0, 1], strides=[2, 3]
    ),
    "conv, dilated": conv(
        (1, 8, 5, 83), (4, 8, 2, 3), pads=[0, 3, 0, 3], dilations=[2, 3]
    ),
    "conv of groups": conv((2, 12, 3, 90), (8, 6, 3, 3), pads=[1] * 4, group=2),
    "conv 1x1, strided": conv((1, 16, 4, 150), (8, 16, 1, 1), strides=[2, 2]),
    "conv of one dimension": conv((1, 4, 1500), (6, 4, 5), pads=[2, 2], strides=[2]),
    "conv, depthwise": conv((1, 1, 5, 601), (1, 1, 3, 3), pads=[1] * 4),
    "conv, depthwise, of channels": conv(
        (2, 5, 4, 401), (5, 1, 3, 3), pads=[1] * 4, group=5, strides=[1, 2]
    ),
    "max pool": model(
        node("MaxPool", kernel_shape=[3, 3], pads=[1] * 4, strides=[1, 2]),
        [(1, 2, 4, 501)],
    ),
    "average pool": model(
        node("AveragePool", kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2]),
        [(2, 2, 5, 503)],
    ),
    "average pool of all": model(
        node("AveragePool", kernel_shape=[2, 3], count_include_pad=1, pads=[0, 1] * 2),
        [(1, 1, 3, 700)],
    ),
    "many ofm channels": conv((1, 16, 1, 3), (300, 16, 1, 1)),
    "many channels, depthwise": conv(
        (1, 300, 3, 3), (300, 1, 3, 3), pads=[1] * 4, group=300
    ),
    "dense over steps": model(node("MatMul", "w"), [(1, 300, 40)], w=drawn(40, 16)),
    "product": model(node("MatMul", inputs=2), [(2, 90, 24), (2, 24, 31)]),
    "add": model(node("Add", inputs=2), [(2, 3, 701), (2, 3, 701)]),
    "add along rows": model(node("Add", inputs=2), [(3, 5, 701), (3, 5, 1)]),
    "multiply along columns": model(node("Mul", inputs=2), [(3, 5, 301), (3, 1, 301)]),
    "concat": model(node("Concat", inputs=2, axis=1), [(3, 2, 700), (3, 4, 700)]),
    "pad": model(
        node("Pad", "pads"),
        [(1, 3, 2, 600)],
        pads=np.array([0, 1, 1, 2, 0, 0, 2, 3], np.int64),
    ),
    "slice": model(
        node("Slice", "starts", "ends", "axes", "steps"),
        [(3, 4, 901)],
        starts=np.array([1, 2], np.int64),
        ends=np.array([4, 900], np.int64),
        axes=np.array([1, 2], np.int64),
        steps=np.array([2, 1], np.int64),
    ),
    "depth to space": model(
        node("DepthToSpace", blocksize=2, mode="CRD"), [(1, 12, 10, 14)]
    ),
    "space to depth": model(node("SpaceToDepth", blocksize=2), [(1, 3, 20, 28)]),
}
SRAM = 1024
NARROW = tiny_machine(sram={"bytes": SRAM, "alignment": 4})


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_what_is_too_wide_is_cut(network: onnx.ModelProto, tmp_path: Path) -> None:
    target = target_file(NARROW, tmp_path)
    shapes = {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in network.graph.input
    }
    samples = {
        name: np.concatenate([drawn(*shape) for _ in range(8)])
        for name, shape in shapes.items()
    }
    package = aipu.compile(network, target=str(target), calibration=samples)
    assert all(row.equal for row in package.verify())
    layout = (nn.TransposeOp, nn.ReshapeOp, nn.QuantiseOp, nn.DequantiseOp)
    for op in package.levels["quantised"].walk():
        if "reason" in op.attributes:
            assert isinstance(op, layout), op.attributes["reason"]
    program, _ = read_binary(package.binary)
    assert_turns(program)


def assert_turns(program: Program) -> None:
    """Some buffer is larger than the SRAM, so that some loop must run."""
    assert max(buffer.bytes for buffer in program.buffers) > SRAM
    assert any(i.mnemonic == "loop" for i in program.entries[0].instructions)


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 24), min_size=2, max_size=4).flatmap(
        lambda shape: st.tuples(st.just(shape), st.permutations(range(len(shape))))
    )
)
@example(([61, 103], [1, 0]))
@example(([23, 19, 29], [2, 1, 0]))
@example(([5, 37, 41], [0, 2, 1]))
@example(([31, 23, 9], [1, 0, 2]))
@example(([700, 2, 3], [2, 0, 1]))
@example(([2, 3, 700], [2, 1, 0]))
@example(([9, 8, 7, 6], [3, 1, 2, 0]))
def test_a_transpose_of_any_size(drawn: tuple[list[int], list[int]]) -> None:
    """Held against numpy's, on the machine alone."""
    shape, order = drawn
    ifm = RANDOM.integers(-128, 128, shape, np.int8)
    block = Block(arg_types=[TensorType(UniformType(0.5, 3), shape)])
    transpose = nn.TransposeOp(block.args[0], order)
    transpose.location = named("transpose")
    block.add_ops([transpose, ReturnOp(transpose.ofm)])
    types = (block.arg_types, [transpose.ofm.type])
    module = ModuleOp([FuncOp("main", types, Region(block))])
    run("split-transposes,name-operators", module, AipuContext())
    low = compiled(Network(module, WeightStore(), [ifm]), NARROW)
    simulator = Simulator(low.program, low.weights, NARROW)
    (entry,) = low.program.entries
    (found,) = simulator.run(entry.name, {entry.inputs[0]: ifm}).values()
    assert found.tobytes() == ifm.transpose(order).tobytes()
