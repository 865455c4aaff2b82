"""Dilated convolutions, which TensorFlow 1 writes as three nodes, as the one they are.

A convolution between SpaceToBatchND and BatchToSpaceND works on every n-th pixel.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from .graph_def import NodeDef, Reference, Tensor
from .tensor_proto import read_tensor

CONVOLUTIONS = {"Conv2D", "DepthwiseConv2dNative"}


def dilate(nodes: Mapping[str, NodeDef], kept: set[str]) -> dict[str, NodeDef]:
    """The graph with such threes as one node, under the name of the last.

    Args:
        nodes: a graph, by name.
        kept: nodes that are wanted for themselves, as inputs or outputs.
    """
    readers = Counter(source.node for node in nodes.values() for source in node.inputs)
    private = {name for name, count in readers.items() if count == 1} - kept
    found = dict(nodes)
    for last in nodes.values():
        three = _three(nodes, last, private)
        merged = _merged(nodes, *three) if three is not None else None
        if three is not None and merged is not None:
            for node in three:
                del found[node.name]
            found[last.name] = merged
    return found


def _three(
    nodes: Mapping[str, NodeDef], last: NodeDef, private: set[str]
) -> tuple[NodeDef, NodeDef, NodeDef] | None:
    """The nodes of which `last` is the last, in order."""
    convolution = _before(nodes, last, private)
    first = None if convolution is None else _before(nodes, convolution, private)
    if convolution is None or first is None:
        return None
    operators = (first.operator, last.operator)
    if operators != ("SpaceToBatchND", "BatchToSpaceND"):
        return None
    return (first, convolution, last) if convolution.operator in CONVOLUTIONS else None


def _merged(
    nodes: Mapping[str, NodeDef], first: NodeDef, convolution: NodeDef, last: NodeDef
) -> NodeDef | None:
    """The three as one convolution; None if it is of another form."""
    block, pads = _constant(nodes, first, 1), _constant(nodes, first, 2)
    crops = _constant(nodes, last, 2)
    if block is None or pads is None or crops is None:
        return None
    if block.shape != (2,) or pads.shape != (2, 2) or crops.shape != (2, 2):
        return None
    attributes = convolution.attributes
    plain = attributes.get("padding") == b"VALID"
    plain &= attributes.get("data_format", b"NHWC") == b"NHWC"
    plain &= attributes.get("strides") == [1, 1, 1, 1]
    plain &= attributes.get("dilations", [1, 1, 1, 1]) == [1, 1, 1, 1]
    left = pads - crops
    if not plain or left.min() < 0:
        return None
    return replace(
        convolution,
        name=last.name,
        inputs=[first.inputs[0], *convolution.inputs[1:]],
        attributes={
            **attributes,
            "padding": b"EXPLICIT",
            "explicit_paddings": [0, 0, *left.reshape(-1).tolist(), 0, 0],
            "dilations": [1, *block.tolist(), 1],
        },
    )


def _before(
    nodes: Mapping[str, NodeDef], node: NodeDef, private: set[str]
) -> NodeDef | None:
    """What a node reads first, if nobody else does."""
    source = node.inputs[0] if node.inputs else Reference("")
    return nodes.get(source.node) if source.node in private else None


def _constant(
    nodes: Mapping[str, NodeDef], node: NodeDef, position: int
) -> np.ndarray | None:
    if position >= len(node.inputs):
        return None
    source = nodes.get(node.inputs[position].node)
    value = source.attributes.get("value") if source is not None else None
    return read_tensor(value.proto) if isinstance(value, Tensor) else None
