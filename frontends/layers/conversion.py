"""From layers to `nn` operators, one layer after another."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...errors import UnsupportedError
from ..network import Network, joined
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
) -> dict[str, SSAValue]:
    """Convert all layers; return the values of all blobs by name.

    Args:
        graph: the layers.
        network: with an input for each of the graph's.
        node_of: what the converter of a layer works with.
        converters: by operator.

    Raises:
        UnsupportedError: layers that `nn` cannot say, all of them in one message.
        AipuError: a layer that its format does not allow.
    """
    values: dict[str, SSAValue] = dict(network.inputs)
    unsupported: list[UnsupportedError] = []
    for layer in graph.layers:
        try:
            if layer.operator not in converters:
                raise UnsupportedError(
                    "the operator is not supported", place=layer.place
                )
            # Nothing is known of a blob that an unsupported layer writes.
            if all(name in values for name in layer.bottoms):
                bottoms = [values[name] for name in layer.bottoms]
                node = node_of(layer, bottoms)
                for name, value in _results(node, converters).items():
                    # A blob that the network is cut at stays an input.
                    values.setdefault(name, value)
        except UnsupportedError as error:
            unsupported.append(error)
    if unsupported:
        raise joined(unsupported)
    return values


def _results(
    node: AnyNode, converters: Mapping[str, Converter[AnyNode]]
) -> dict[str, SSAValue]:
    """What the tops of a layer become."""
    layer: Layer = node.layer
    try:
        results = converters[layer.operator](node)
    except VerifyException as error:
        raise node.wrong(str(error)) from error
    results = [results] if isinstance(results, SSAValue) else results
    if len(results) < len(layer.tops):
        raise node.unsupported(
            f"it writes {len(layer.tops)} blobs, expected {len(results)}"
        )
    return dict(zip(layer.tops, results, strict=False))


def shapes_of(values: Mapping[str, SSAValue]) -> dict[str, Shape]:
    """The shapes of blobs."""
    return {name: nn.shape(value) for name, value in values.items()}
