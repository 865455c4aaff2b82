"""Networks of more than convolutions: all on the machine, bit-exact, near the reals."""

from collections.abc import Callable, Mapping, Sequence
from itertools import starmap
from typing import NamedTuple

import numpy as np
import onnx
import pytest
from onnx import NodeProto, helper, numpy_helper

import aipu
from aipu.dialects import nn

OPSET = 20
RANDOM = np.random.default_rng(0)


class Small(NamedTuple):
    """Nodes from `x`, of a shape, to `y`, and what they read beside."""

    shape: Sequence[int]
    nodes: Sequence[NodeProto]
    weights: Mapping[str, np.ndarray]

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            "small",
            [helper.make_tensor_value_info("x", 1, self.shape)],
            [helper.make_tensor_value_info("y", 1, None)],
            [
                numpy_helper.from_array(array, key)
                for key, array in self.weights.items()
            ],
        )
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def node(operator: str, reads: str, writes: str, **attributes: object) -> NodeProto:
    made = helper.make_node(operator, reads.split(" "), [writes], writes)
    made.attribute.extend(starmap(helper.make_attribute, attributes.items()))
    return made


def conv(reads: str, writes: str, weight: str, kernel: int = 3) -> NodeProto:
    pads = [kernel // 2] * 4
    return node("Conv", f"{reads} {weight}", writes, pads=pads)


def drawn(*shape: int) -> np.ndarray:
    return RANDOM.normal(0, 0.3, shape).astype(np.float32)


def drawn_by_name(**shapes: Sequence[int]) -> dict[str, np.ndarray]:
    return {name: drawn(*shape) for name, shape in shapes.items()}


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def squeeze_and_excite() -> Small:
    nodes = [
        conv("x", "a", "w1"),
        node("PRelu", "a slope", "p"),
        node("GlobalAveragePool", "p", "g"),
        conv("g", "h", "w2", 1),
        node("HardSigmoid", "h", "s"),
        node("Mul", "p s", "m"),
        conv("m", "y", "w3"),
    ]
    weights = {
        "w1": drawn(8, 3, 3, 3),
        "w2": drawn(8, 8, 1, 1),
        "w3": drawn(4, 8, 3, 3),
    }
    return Small((1, 3, 16, 16), nodes, {**weights, "slope": drawn(8, 1, 1)})


def decoder() -> Small:
    twice = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}
    nodes = [
        conv("x", "a", "w1"),
        node("Relu", "a", "r"),
        node("ConvTranspose", "r w2", "t", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", "t", "u"),
        node("Resize", "u  twice", "v", nearest_mode="floor", **twice),
        conv("v", "w", "w3"),
        node("Resize", "w  twice", "y", mode="linear"),
    ]
    weights = {
        "w1": drawn(8, 3, 3, 3),
        "w2": drawn(8, 4, 4, 4),
        "w3": drawn(4, 4, 3, 3),
    }
    return Small(
        (1, 3, 8, 8), nodes, {**weights, "twice": np.array([1, 1, 2, 2], np.float32)}
    )


def attention() -> Small:
    nodes = [node("MatMul", f"x w{each}", each) for each in "qkv"]
    nodes += [node("Reshape", f"{each} heads", f"{each}1") for each in "qkv"]
    nodes += [
        node("Transpose", "q1", "q2", perm=[0, 2, 1, 3]),
        node("Transpose", "k1", "k2", perm=[0, 2, 3, 1]),
        node("Transpose", "v1", "v2", perm=[0, 2, 1, 3]),
        node("MatMul", "q2 k2", "products"),
        node("Mul", "products scale", "scaled"),
        node("Softmax", "scaled", "shares", axis=-1),
        node("MatMul", "shares v2", "mixed"),
        node("Transpose", "mixed", "rows", perm=[0, 2, 1, 3]),
        node("Reshape", "rows whole", "joined"),
        node("Add", "joined x", "sum"),
        node("Mul", "sum gain", "y"),
    ]
    weights = {f"w{each}": drawn(32, 32) for each in "qkv"}
    constants = {
        "heads": ints(1, 20, 4, 8),
        "whole": ints(1, 20, 32),
        "scale": np.array(0.35, np.float32),
        "gain": drawn(32),
    }
    return Small((1, 20, 32), nodes, {**weights, **constants})


def elementwise() -> Small:
    nodes = [
        conv("x", "a", "w1"),
        conv("x", "b", "w2"),
        node("Max", "a b", "c"),
        node("Min", "c a", "d"),
        node("Erf", "d", "e"),
        node("Gelu", "e", "f"),
        node("ReduceMean", "f axis", "g"),
        node("Sub", "f g", "h"),
        node("ReduceMax", "h axis", "i"),
        node("Add", "h i", "j"),
        node("Add", "j places", "k"),
        conv("k", "y", "w3"),
    ]
    weights = {
        "w1": drawn(8, 3, 3, 3),
        "w2": drawn(8, 3, 3, 3),
        "w3": drawn(4, 8, 3, 3),
    }
    constants = {"axis": ints(1), "places": drawn(1, 1, 8, 8)}
    return Small((1, 3, 8, 8), nodes, {**weights, **constants})


NETWORKS: Sequence[Callable[[], Small]] = (
    squeeze_and_excite,
    decoder,
    attention,
    elementwise,
)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_a_network_runs_on_the_machine(network: Callable[[], Small]) -> None:
    small = network()
    generator = np.random.default_rng(1)
    samples = generator.normal(size=(16, *small.shape[1:])).astype(np.float32)
    package = aipu.compile(small.model(), calibration=samples[:-1])
    assert all(row.equal for row in package.verify())

    ifm = {"x": samples[-1:]}
    (exact,) = package.reference(ifm, "float").values()
    (found,) = package.run(ifm).outputs.values()
    cosine = np.sum(exact * found) / np.linalg.norm(exact) / np.linalg.norm(found)
    assert cosine > 0.999

    crossings = (nn.QuantiseOp, nn.DequantiseOp)
    layout = (nn.TransposeOp, nn.ReshapeOp)
    for op in package.levels["quantised"].walk():
        if "reason" in op.attributes:
            assert isinstance(op, crossings + layout), op.attributes["reason"]
