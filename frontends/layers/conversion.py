"""From layers to `nn` operators, one layer after another."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...errors import UnsupportedError
from ..network import Network
from ..refusals import UNKNOWN, Refusals
from .graph import AnyLayer, Graph, Layer
from .node import LayerNode

AnyNode = TypeVar("AnyNode", bound=LayerNode)
Converter = Callable[[AnyNode], SSAValue | Sequence[SSAValue]]
"""Reads a node, emits operators, returns the values of the layer's tops."""


def convert(
    graph: Graph[AnyLayer],
    network: Network,
    node_of: Callable[[AnyLayer, Sequence[SSAValue]], AnyNode],
    converters: Mapping[str, Converter[AnyNode]],
) -> tuple[dict[str, SSAValue], Refusals]:
    """Convert all layers: the values of blobs by name, and what `nn` cannot say.

    Args:
        graph: the layers.
        network: with an input for each of the graph's.
        node_of: what the converter of a layer works with.
        converters: by operator.

    Raises:
        AipuError: a layer that its format does not allow.
    """
    values: dict[str, SSAValue] = dict(network.inputs)
    refusals = Refusals()
    for layer in graph.layers:
        try:
            if layer.operator not in converters:
                raise UnsupportedError(UNKNOWN, place=layer.place)
            # Nothing is known of a blob that an unsupported layer writes.
            if all(name in values for name in layer.bottoms):
                bottoms = [values[name] for name in layer.bottoms]
                node = node_of(layer, bottoms)
                for name, value in _results(node, converters).items():
                    # A blob that the network is cut at stays an input.
                    values.setdefault(name, value)
            refusals.passed(layer.bottoms, layer.tops, layer.tops)
        except UnsupportedError as error:
            refusals.refuse(error, layer.bottoms, layer.tops)
    return values, refusals


def _results(
    node: AnyNode, converters: Mapping[str, Converter[AnyNode]]
) -> dict[str, SSAValue]:
    """What the tops of a layer become."""
    layer: Layer = node.layer
    try:
        results = converters[layer.operator](node)
    except VerifyException as error:
        raise node.wrong(str(error)) from error
    if node.unread():
        raise node.unsupported(f"its parameters {', '.join(node.unread())}")
    results = [results] if isinstance(results, SSAValue) else results
    if len(results) < len(layer.tops):
        raise node.unsupported(
            f"it writes {len(layer.tops)} blobs, expected {len(results)}"
        )
    return dict(zip(layer.tops, results, strict=False))
