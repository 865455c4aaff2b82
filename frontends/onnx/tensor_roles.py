"""What part a tensor plays in a graph: a weight, a branch of a sum, a positive map."""

from collections.abc import Mapping, Sequence

from .constants import Constant, missing_constant
from .graph import Graph
from .input_shapes import static_extents

WEIGHTS: Mapping[str, Sequence[int]] = {
    "Conv": (1, 2),
    "Gemm": (1, 2),
    "BatchNormalization": (1, 2, 3, 4),
}
"""Which inputs of an operator are always its weights."""

ADDITIONS = {"Add", "Sum"}
RECTIFIERS = {"Clip", "Relu"}
KEEPING_SIGN = {
    *ADDITIONS,
    "AveragePool",
    "Concat",
    "Dropout",
    "Flatten",
    "GlobalAveragePool",
    "Identity",
    "LRN",
    "MaxPool",
    "Reshape",
    "Squeeze",
    "Transpose",
}
"""Operators that make nothing negative out of what is not."""


def only_weights(graph: Graph) -> set[str]:
    """Tensors that nobody reads but as a weight."""
    serves: dict[str, set[bool]] = {}
    for node in graph.nodes:
        places = WEIGHTS.get(node.operator, ())
        for position, name in enumerate(node.proto.input):
            serves.setdefault(name, set()).add(position in places)
    return {name for name, kinds in serves.items() if kinds == {True}}


def missing_inputs(graph: Graph) -> dict[str, Constant]:
    """Inputs of the graph that are but weights which the file does not hold."""
    weights = only_weights(graph)
    declared = {
        name: static_extents(graph.declared[name])
        for name in graph.inputs
        if name in weights and name in graph.declared
    }
    return {
        name: missing_constant(name, shape)
        for name, shape in declared.items()
        if shape is not None
    }


def residual_branches(graph: Graph) -> set[str]:
    """Tensors that are added to others which also depend on the inputs."""
    computed = set(graph.inputs)
    branches: set[str] = set()
    for node in graph.nodes:
        variable = [name for name in node.proto.input if name in computed]
        if variable:
            computed.update(node.proto.output)
        if node.operator in ADDITIONS and len(variable) > 1:
            branches.update(variable)
    return branches


def rectified(graph: Graph) -> set[str]:
    """Tensors that come out of a relu, perhaps moved, pooled or added since."""
    positive: set[str] = set()
    computed = set(graph.inputs)
    for node in graph.nodes:
        variable = computed.intersection(node.proto.input)
        kept = node.operator in KEEPING_SIGN and variable <= positive
        if variable:
            computed.update(node.proto.output)
        if variable and (kept or node.operator in RECTIFIERS):
            positive.update(node.proto.output)
    return positive
