"""From TFLite operators to `nn` operators."""

from collections.abc import Mapping

import numpy as np
from xdsl.ir import SSAValue

from ...dialects.nn.shapes import Shape
from ...dialects.quant import UniformType
from ...errors import Warnings
from ..constant import Constant, Value
from ..conversion import Conversion as AnyConversion
from ..conversion import converted, unknown_operator
from ..input_shapes import Batch
from ..network import Emitter, Network
from .constant import Stored
from .graph import Graph, Operator
from .input_shapes import holds_reals
from .node import Node
from .operators import CONVERTERS
from .operators.numbers import computed
from .pinning import pinned_as, stored_as

KINDS = {"BOOL", "INT32", "INT64"}
"""Elements that a result may have beside reals: positions, and yes or no."""


class Conversion(AnyConversion[Operator]):
    """Fills a network with the operators and the weights of a graph."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape],
        batch: Batch,
        warnings: Warnings,
    ):
        super().__init__(Network(shapes, stored=stored(graph), warnings=warnings))
        self.graph = graph
        self.batch = batch
        for name, argument in self.network.inputs.items():
            node = Emitter(self.network, name, "input")
            self.values[name] = pinned_as(node, argument, graph.tensors[name])

    def check_known(self, node: Operator) -> None:
        if node.kind not in CONVERTERS:
            raise unknown_operator(node)

    def results(self, node: Operator) -> Mapping[str, Value]:
        ours = self._node(node)
        known = computed(ours)
        if known is not None:
            return dict(zip(node.writes, [known], strict=False))
        self.check_known(node)
        for tensor in ours.results:
            if tensor.kind not in KINDS and not holds_reals(tensor):
                raise ours.unsupported(f"a result of {tensor.kind} without one scale")
        results = converted(ours, CONVERTERS[node.kind])
        if len(results) != len(ours.results):
            raise ours.wrong(
                f"it has {len(ours.results)} outputs, expected {len(results)}"
            )
        return {
            tensor.name: value
            if isinstance(value, Constant)
            else pinned_as(ours, value, tensor)
            for value, tensor in zip(results, ours.results, strict=True)
        }

    def declared(self, node: Operator, name: str) -> Shape | None:
        extents = self.graph.tensors[name].shape
        return extents if min(extents, default=1) > 0 else None

    def _node(self, operator: Operator) -> Node:
        return Node(
            network=self.network,
            name=operator.name,
            operator=operator.kind,
            source=operator,
            inputs=[self.value(name) if name else None for name in operator.inputs],
            results=[self.graph.tensors[name] for name in operator.writes],
            batch=self.batch,
        )

    def value(self, name: str) -> Value:
        """What a tensor has become; constants are read when they are needed."""
        if name not in self.values:
            tensor = self.graph.tensors[name]
            array = tensor.array
            if array is None:
                array = np.broadcast_to(np.float32(0), tensor.shape)
            found = tensor.quantisation
            self.values[name] = (
                Constant(name, array)
                if found is None
                else Stored(name, array, quantisation=found)
            )
        return self.values[name]

    def output(self, name: str) -> SSAValue:
        return self._node(Operator("output", [name], [name], {}, b"")).tensor(0)


def stored(graph: Graph) -> dict[str, UniformType]:
    """The integers that the file keeps the inputs as, by the names of those."""
    tensors = [graph.tensors[name] for name in graph.inputs]
    found = {tensor.name: stored_as(tensor) for tensor in tensors}
    return {name: element for name, element in found.items() if element is not None}
