"""From TFLite operators to `nn` operators, one after another.

One that `nn` cannot say is remembered, and a stand-in of the right shape takes its
place, so that one run finds all of them.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Block, SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects.nn.shapes import Shape
from ...dialects.quant import UniformType
from ...errors import UnsupportedError, Warnings
from ..constant import Constant, Value
from ..input_shapes import Batch
from ..network import Emitter, Network
from ..refusals import UNKNOWN, Refusals
from .constant import Stored
from .graph import Graph, Operator
from .input_shapes import holds_reals
from .node import Node
from .operators import CONVERTERS
from .operators.numbers import computed
from .pinning import pinned_as, stored_as
from .selection import name, place

KINDS = {"BOOL", "INT32", "INT64"}
"""Elements that a result may have beside reals: positions, and yes or no."""


class Conversion:
    """Fills a network with the operators and the weights of a graph.

    `values` holds what each tensor has become, `unknown` the tensors after unsupported
    operators that not even a shape is known of.
    """

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape],
        batch: Batch,
        warnings: Warnings,
    ):
        self.graph = graph
        self.batch = batch
        self.network = Network(shapes, stored=stored(graph), warnings=warnings)
        self.values: dict[int, Value] = {}
        self.unknown: set[int] = set()
        self.refusals = Refusals()

    def run(self) -> dict[str, SSAValue]:
        """Convert all operators; return the values of the outputs by name.

        Raises:
            UnsupportedError: operators that `nn` cannot say, all of them at once.
            AipuError: an operator that TFLite does not allow.
        """
        for number in self.graph.inputs:
            self._begin(number)
        for operator in self.graph.operators:
            self._convert(operator)
        outputs = dict.fromkeys(self.graph.outputs)
        if self.refusals:
            raise self.refusals.error(self._names(outputs))
        return {self.graph.tensors[n].name: self._output(n) for n in outputs}

    def _names(self, numbers: Iterable[int]) -> list[str]:
        """Tensors as a user calls them."""
        return [self.graph.tensors[number].name for number in numbers if number >= 0]

    def _begin(self, number: int) -> None:
        tensor = self.graph.tensors[number]
        argument = self.network.inputs[tensor.name]
        node = Emitter(self.network, tensor.name, "input")
        self.values[number] = pinned_as(node, argument, tensor)

    def _convert(self, operator: Operator) -> None:
        reads, writes = self._names(operator.inputs), self._names(operator.outputs)
        try:
            if not self.unknown.isdisjoint(operator.inputs):
                self._check_known(operator)
                self.unknown.update(operator.outputs)
                self.refusals.passed(reads, writes, ())
                return
            results = self._results(operator)
        except UnsupportedError as error:
            self.refusals.refuse(error, reads, writes)
            for number in operator.outputs:
                self._stand_in(number)
            return
        for number, value in zip(operator.outputs, results, strict=False):
            # A tensor that the graph is cut at stays an input.
            self.values.setdefault(number, value)
        pairs = zip(writes, results, strict=False)
        computed = (name for name, value in pairs if isinstance(value, SSAValue))
        self.refusals.passed(reads, writes, computed)

    def _check_known(self, operator: Operator) -> None:
        if operator.kind not in CONVERTERS:
            raise UnsupportedError(UNKNOWN, place=place(self.graph, operator))

    def _results(self, operator: Operator) -> Sequence[Value]:
        """What the outputs of an operator become."""
        node = self._node(operator)
        known = computed(node)
        if known is not None:
            return [known]
        self._check_known(operator)
        for tensor in node.results:
            if tensor.kind not in KINDS and not holds_reals(tensor):
                raise node.unsupported(f"a result of {tensor.kind} without one scale")
        try:
            results = CONVERTERS[operator.kind](node)
        except VerifyException as error:
            raise node.wrong(str(error)) from error
        if isinstance(results, SSAValue | Constant):
            results = [results]
        if len(results) != len(node.results):
            raise node.wrong(
                f"it has {len(node.results)} outputs, expected {len(results)}"
            )
        return [
            value if isinstance(value, Constant) else pinned_as(node, value, tensor)
            for value, tensor in zip(results, node.results, strict=True)
        ]

    def _node(self, operator: Operator) -> Node:
        return Node(
            network=self.network,
            name=name(self.graph, operator),
            operator=operator.kind,
            source=operator,
            inputs=[self._value(n) if n >= 0 else None for n in operator.inputs],
            results=[self.graph.tensors[n] for n in operator.outputs],
            batch=self.batch,
        )

    def _value(self, number: int) -> Value:
        """What a tensor has become; constants are read when they are needed."""
        if number not in self.values:
            tensor = self.graph.tensors[number]
            array = tensor.array
            if array is None:
                array = np.broadcast_to(np.float32(0), tensor.shape)
            found = tensor.quantisation
            self.values[number] = (
                Constant(tensor.name, array)
                if found is None
                else Stored(tensor.name, array, quantisation=found)
            )
        return self.values[number]

    def _output(self, number: int) -> SSAValue:
        value = self._value(number)
        if isinstance(value, SSAValue):
            return value
        constant = Operator("output", [number], [number], {}, b"")
        return self._node(constant).tensor(0)

    def _stand_in(self, number: int) -> None:
        """Let operators after an unsupported one be converted, if a shape is known."""
        extents = self.graph.tensors[number].shape
        if min(extents, default=1) > 0:
            kind = TensorType(f32, extents)
            self.values.setdefault(number, Block(arg_types=[kind]).args[0])
        else:
            self.unknown.add(number)


def stored(graph: Graph) -> dict[str, UniformType]:
    """The integers that the file keeps the inputs as, by the names of those."""
    tensors = [graph.tensors[number] for number in graph.inputs]
    found = {tensor.name: stored_as(tensor) for tensor in tensors}
    return {name: element for name, element in found.items() if element is not None}
