"""Small ONNX models, and what they compute: here, and in onnxruntime."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from xdsl.dialects.func import FuncOp

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.onnx.importer import import_onnx

Arrays = Sequence[np.ndarray]
Model = onnx.ModelProto
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def tensor(name: str, shape: Sequence[int | str | None] | None) -> onnx.ValueInfoProto:
    """A float input or output."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


@pytest.fixture(scope="session")
def light() -> Path:
    """The folder of the onnx package's own models: real graphs with few weights."""
    return LIGHT


@pytest.fixture(scope="session")
def graph_model() -> Callable[..., Model]:
    """`graph_model(nodes, inputs, outputs, weights)`: a model of several nodes."""

    def build(
        nodes: Sequence[onnx.NodeProto],
        inputs: Mapping[str, Sequence[int | str | None] | None],
        outputs: Sequence[str],
        weights: Mapping[str, np.ndarray] = {},
        opset: int = 13,
    ) -> Model:
        graph = helper.make_graph(
            list(nodes),
            "graph",
            [tensor(name, shape) for name, shape in inputs.items()],
            [tensor(name, None) for name in outputs],
            [numpy_helper.from_array(array, key) for key, array in weights.items()],
        )
        opsets = [helper.make_opsetid("", opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    return build


@pytest.fixture(scope="session")
def node_model(graph_model) -> Callable[..., Model]:
    """`node_model(operator, *arrays, inputs=1, ...)`: a model of one node.

    The first `inputs` arrays become the model's inputs x0, x1, ..., the others its
    constants; None leaves an optional input out.
    """

    def build(
        operator: str,
        *arrays: np.ndarray | None,
        inputs: int = 1,
        outputs: int = 1,
        opset: int = 13,
        **attributes: object,
    ) -> Model:
        named = {f"x{i}": array for i, array in enumerate(arrays) if array is not None}
        reads = [f"x{i}" if array is not None else "" for i, array in enumerate(arrays)]
        writes = [f"y{i}" for i in range(outputs)]
        node = helper.make_node(operator, reads, writes, "node")
        node.attribute.extend(
            helper.make_attribute(name, value) for name, value in attributes.items()
        )
        variable = {
            name: array for name, array in named.items() if name in reads[:inputs]
        }
        return graph_model(
            [node],
            {name: array.shape for name, array in variable.items()},
            writes,
            {name: array for name, array in named.items() if name not in variable},
            opset,
        )

    return build


@pytest.fixture(scope="session")
def reference() -> Callable[[Model | Path, Arrays], list[np.ndarray]]:
    """What onnxruntime computes."""

    def run(model: Model | Path, arrays: Arrays) -> list[np.ndarray]:
        onnxruntime.set_default_logger_severity(3)
        source = str(model) if isinstance(model, Path) else model.SerializeToString()
        session = onnxruntime.InferenceSession(source)
        names = [value.name for value in session.get_inputs()]
        feeds = dict(zip(names, arrays, strict=True))
        return [np.asarray(result) for result in session.run(None, feeds)]

    return run


@pytest.fixture(scope="session")
def results() -> Callable[..., list[np.ndarray]]:
    """What an imported model computes."""

    def run(
        imported: ImportedModel,
        arrays: Arrays,
        precision: type[np.floating] = np.float32,
    ) -> list[np.ndarray]:
        return evaluate(main(imported), arrays, imported.weights, precision=precision)

    return run


@pytest.fixture(scope="session")
def function() -> Callable[[ImportedModel], FuncOp]:
    """The function of an imported model."""
    return main


def main(imported: ImportedModel) -> FuncOp:
    (function,) = imported.module.body.block.ops
    assert isinstance(function, FuncOp)
    return function


@pytest.fixture(scope="session")
def noise(function) -> Callable[[ImportedModel], list[np.ndarray]]:
    """Normal inputs of the shapes that an imported model wants, always the same."""

    def draw(imported: ImportedModel) -> list[np.ndarray]:
        generator = np.random.default_rng(0)
        shapes = [
            value.type.get_shape() for value in function(imported).body.block.args
        ]
        return [generator.standard_normal(shape, np.float32) for shape in shapes]

    return draw


@pytest.fixture(scope="session")
def error() -> Callable[[Arrays, Arrays], float]:
    """The largest difference, relative to the largest magnitude of each array."""

    def worst(found: Arrays, expected: Arrays) -> float:
        assert [array.shape for array in found] == [array.shape for array in expected]
        return max(
            float(np.abs(a - b).max(initial=0) / np.abs(b).max(initial=1e-30))
            for a, b in zip(found, expected, strict=True)
        )

    return worst


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def operators(function) -> Callable[[ImportedModel], list[str]]:
    """The names of the operators of an imported model, weights and return left out."""

    def names(imported: ImportedModel) -> list[str]:
        block = function(imported).body.block
        return [op.name for op in block.ops if isinstance(op, nn.Operator)]

    return names


@pytest.fixture(scope="session")
def left_to_onnx(function) -> Callable[[ImportedModel], list[str | None]]:
    """Why each of the nodes that are left to onnx itself is; None for a whole kind."""

    def reasons(imported: ImportedModel) -> list[str | None]:
        block = function(imported).body.block
        found = [op.because for op in block.ops if isinstance(op, nn.OnnxNodeOp)]
        return [None if reason is None else reason.data for reason in found]

    return reasons


@pytest.fixture(scope="session")
def check_node(node_model, reference, results, error) -> Callable[..., ImportedModel]:
    """A node means here what it means in onnxruntime; arguments as `node_model`."""

    def check(operator: str, *arrays: np.ndarray | None, **options: object):
        model = node_model(operator, *arrays, **options)
        inputs = [
            array for array in arrays[: len(model.graph.input)] if array is not None
        ]
        imported = import_onnx(model)
        found = results(imported, inputs)
        assert error(found, reference(model, inputs)) < 1e-5
        return imported

    return check
