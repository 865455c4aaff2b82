"""An ONNX graph that grows at random, with the values of its tensors.

Every node is run by onnxruntime as soon as it is added: on a few samples, and on the
first of them changed a little, up and down. A node that onnxruntime does not take,
whose values are not finite or are huge, or that makes much of a little, is taken back.
So what remains is a sound model, and two runtimes must agree on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from typing import TypeVar

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

SAMPLES = 5
LARGEST_TENSOR, LARGEST_VALUE = 3000, 1e4
LITTLE, MOVED = 1e-5, 3e-4
"""A change of the inputs, and the most that it may move a tensor, of its largest."""

T = TypeVar("T")
Shape = tuple[int, ...]
Setting = int | float | str | Sequence[int] | Sequence[float]


class TakenBackError(Exception):
    """A node does not go with this graph."""


def quiet_session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """onnxruntime on a model as it stands, without optimisation, on one thread."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


class Sketch:
    """A graph that is being drawn.

    values: for every tensor that is no constant, an array a sample, and two for the
    first sample changed a little.
    """

    def __init__(self, random: np.random.Generator, largest: int = LARGEST_TENSOR):
        self.random = random
        self.largest = largest
        self.opset = self.one_of(13, 17, 18, 20, 22)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}
        self.inputs: dict[str, list[np.ndarray]] = {}
        self.values: dict[str, list[np.ndarray]] = {}
        self.count = 0

    # Choices

    def integer(self, least: int, greatest: int) -> int:
        return int(self.random.integers(least, greatest + 1))

    def one_of(self, *choices: T) -> T:
        return choices[self.integer(0, len(choices) - 1)]

    def chance(self, share: float = 0.5) -> bool:
        return bool(self.random.random() < share)

    # Tensors

    def shape(self, name: str) -> Shape:
        return self.values[name][0].shape

    def input(self, shape: Shape) -> str:
        """Another input of the network: normal, at any scale and offset."""
        name = f"x{len(self.inputs)}"
        scale, offset = self.one_of(0.3, 1.0, 1.0, 4.0), self.one_of(0.0, 0.0, 0.5)
        drawn = self.random.standard_normal((SAMPLES, *shape), np.float32)
        samples = list((drawn * scale + offset).astype(np.float32))
        self.inputs[name] = samples
        noise = LITTLE * self.random.choice([-1, 1], shape)
        moved = [(samples[0] * (1 + way * noise)).astype("f4") for way in (-1, 1)]
        self.values[name] = [*samples, *moved]
        return name

    def constant(self, array: np.ndarray | Sequence[int] | float) -> str:
        """A constant; numbers that are no array are int64, or a float32 scalar."""
        if isinstance(array, float):
            array = np.array(array, np.float32)
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def weight(self, *shape: int, positive: bool = False) -> str:
        """A constant of numbers that keep the size of what is multiplied by them."""
        terms = max(prod(shape[1:]), 1) if len(shape) > 1 else 1
        array = self.random.standard_normal(shape, np.float32) / np.sqrt(terms)
        if positive:
            array = np.abs(array) + 0.5
        return self.constant(np.asarray(array, np.float32))

    # Nodes

    def node(self, operator: str, *inputs: str, **settings: Setting) -> str:
        """Add a node with one output, and give that.

        Raises:
            TakenBackError: it does not go with the graph.
        """
        (output,) = self.node_of(operator, inputs, 1, settings)
        return output

    def node_of(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: int,
        settings: Mapping[str, Setting],
    ) -> list[str]:
        """Add a node with several outputs.

        Raises:
            TakenBackError: it does not go with the graph.
        """
        self.count += 1
        name = f"{operator.lower()}{self.count}"
        names = [f"{name}_{k}" if k else name for k in range(outputs)]
        node = helper.make_node(operator, inputs, names, name=name)
        node.attribute.extend(
            helper.make_attribute(key, value) for key, value in settings.items()
        )
        found = self._run(node)
        self.nodes.append(node)
        self.values.update(found)
        return names

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Nodes that are taken back together."""
        nodes, values = len(self.nodes), dict(self.values)
        constants, inputs = dict(self.constants), dict(self.inputs)
        try:
            yield
        except TakenBackError:
            del self.nodes[nodes:]
            self.values, self.constants, self.inputs = values, constants, inputs
            raise

    def _run(self, node: onnx.NodeProto) -> Mapping[str, list[np.ndarray]]:
        """The values of a node's outputs."""
        used = [name for name in node.input if name]
        variable = [name for name in dict.fromkeys(used) if name in self.values]
        constants = {n: self.constants[n] for n in used if n in self.constants}
        typed = {name: self.values[name][0] for name in variable}
        model = model_of([node], typed, list(node.output), constants, self.opset)
        try:
            session = quiet_session(model)
            runs = [
                session.run(None, {name: self.values[name][k] for name in variable})
                for k in range(SAMPLES + 2)
            ]
        except Exception as error:
            raise TakenBackError(f"{node.op_type}: {error}") from None
        columns = zip(*runs, strict=True)
        found = {
            name: [np.asarray(array) for array in column]
            for name, column in zip(node.output, columns, strict=True)
        }
        for arrays in found.values():
            self._judge(arrays)
        return found

    def _judge(self, arrays: Sequence[np.ndarray]) -> None:
        first = arrays[0]
        if first.ndim > 5 or not 0 < first.size <= self.largest:
            raise TakenBackError("too large, or empty")
        if not all(np.isfinite(array).all() for array in arrays):
            raise TakenBackError("not finite")
        reals = [array.astype(np.float64) for array in arrays]
        largest = [float(np.abs(array).max()) for array in reals[:SAMPLES]]
        if max(largest) > LARGEST_VALUE or min(largest) < 1e-3:
            raise TakenBackError("huge, or nothing")
        apart = max(float(np.abs(reals[0] - m).max()) for m in reals[SAMPLES:])
        if apart > MOVED * largest[0]:
            raise TakenBackError("sensitive")


def model_of(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, np.ndarray],
    outputs: Sequence[str],
    constants: Mapping[str, np.ndarray],
    opset: int,
) -> onnx.ModelProto:
    """A model of some nodes, its inputs typed as the arrays are."""
    graph = helper.make_graph(
        list(nodes),
        "fuzz",
        [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape
            )
            for name, array in inputs.items()
        ],
        [onnx.ValueInfoProto(name=name) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)
