"""What part a tensor plays: a weight, or what the role of its operator says."""

from collections.abc import Mapping, Sequence

from ..constant import Constant
from ..tensor_roles import Role, Step
from .constants import missing_constant
from .graph import Graph
from .input_shapes import static_extents

WEIGHTS: Mapping[str, Sequence[int]] = {
    "Conv": (1, 2),
    "Gemm": (1, 2),
    "BatchNormalization": (1, 2, 3, 4),
    "com.microsoft.FusedConv": (1, 2),
    "com.microsoft.FusedGemm": (1, 2),
}
"""Which inputs of an operator are always its weights."""

ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("Add", "Sum"), Role.ADDITION),
    **dict.fromkeys(("Clip", "Relu"), Role.RECTIFIER),
    **dict.fromkeys(
        (
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
        ),
        Role.KEEPS_SIGN,
    ),
}


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


def steps(graph: Graph) -> list[Step]:
    """The nodes with their roles."""
    return [
        Step(ROLES.get(node.operator, Role.OTHER), node.proto.input, node.proto.output)
        for node in graph.nodes
    ]
