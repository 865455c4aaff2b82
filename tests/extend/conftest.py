"""Extensions that are taken back behind each test, and a model that needs one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu.extensions import for_a_while

CUBE = '''\
from aipu.extend import converter, real
from aipu.dialects import nn
class CubeOp(nn.UnaryOperator):
    """`ofm = ifm ** 3`"""
    name = "mine.cube"
@real(CubeOp)
def cube(op, x): return x ** 3
@converter("onnx", "mine::Cube")
def convert(node): return node.emit(CubeOp(node.tensor(0)))
'''
"""The smallest operator of one's own: what this file needs to say is a contract."""

SHAPE = (1, 3, 8, 8)


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    with for_a_while():
        yield


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write(text)`: a file of a user's."""

    def written(text: str, name: str = "mine.py") -> Path:
        file = tmp_path / name
        file.write_text(text)
        return file

    return written


def cube_model() -> onnx.ModelProto:
    """A convolution and a `mine::Cube`, which ONNX does not have."""
    weights = np.random.default_rng(0).normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], "conv", pads=[1, 1, 1, 1]),
        helper.make_node("Cube", ["c"], ["y"], "cube", domain="mine"),
    ]
    graph = helper.make_graph(
        nodes,
        "cubes",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "w")],
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("mine", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture(scope="session")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("extension") / "cube.py"
    file.write_text(CUBE)
    return file


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cubes") / "cubes.onnx"
    path.write_bytes(cube_model().SerializeToString())
    return path
