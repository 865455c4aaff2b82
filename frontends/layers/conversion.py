"""From layers to `nn` operators, one layer after another."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from xdsl.ir import SSAValue

from ...errors import UnsupportedError
from ..constant import Value
from ..conversion import Conversion, converted, unknown_operator
from ..input_shapes import Batch
from ..network import Network
from .graph import AnyLayer
from .node import LayerNode, Weights

AnyNode = TypeVar("AnyNode", bound=LayerNode)
Converter = Callable[[AnyNode], SSAValue | Sequence[SSAValue]]
"""Reads a node, emits operators, returns the values of the layer's tops."""


class LayerConversion(Conversion[AnyLayer], Generic[AnyLayer, AnyNode]):
    """Fills a network with the operators and the weights of layers.

    node_of: what converters work with, made of the fields of a LayerNode.
    converters: by operator.
    """

    def __init__(
        self,
        network: Network,
        node_of: Callable[..., AnyNode],
        converters: Mapping[str, Converter[AnyNode]],
        weights: Weights,
        batch: Batch,
    ):
        super().__init__(network)
        self.node_of = node_of
        self.converters = converters
        self.weights = weights
        self.batch = batch

    def check_known(self, node: AnyLayer) -> None:
        if node.operator not in self.converters:
            raise unknown_operator(node)

    def results(self, node: AnyLayer) -> Mapping[str, Value]:
        self.check_known(node)
        layer = self.node_of(
            network=self.network,
            name=node.name,
            operator=node.operator,
            layer=node,
            inputs=[self.values[name] for name in node.reads],
            weights=self.weights,
            batch=self.batch,
        )
        results = converted(layer, self.converters[node.operator])
        if len(results) < len(node.writes):
            raise UnsupportedError(
                f"it writes {len(node.writes)} blobs, expected {len(results)}",
                place=node.place,
            )
        return dict(zip(node.writes, results, strict=False))
