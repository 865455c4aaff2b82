"""The part of a graph that is wanted, cut at tensors by their names."""

from collections.abc import Sequence

from ...errors import AipuError
from ..cut_names import CutNames
from ..cutting import between, check_order
from .graph import Graph


def cut_names(graph: Graph) -> CutNames:
    """Where a graph can be cut; an operator goes by each of the names in its own."""
    nodes: dict[str, Sequence[str]] = {}
    for operator in graph.operators:
        for part in "".join(operator.writes[:1]).split(";"):
            nodes.setdefault(part, operator.writes)
    return CutNames(graph.tensors, nodes)


def select(graph: Graph, inputs: Sequence[str], outputs: Sequence[str]) -> Graph:
    """The part of the graph that computes `outputs` from `inputs`, tensors by name.

    Raises:
        AipuError: a name is unknown, the part depends on more than `inputs`, or a
            tensor is written twice, or read before it is written.
    """
    tensors = graph.tensors
    given = [name for name in graph.inputs if tensors[name].array is None]
    ends = outputs or graph.outputs
    if not ends:
        raise AipuError("the model has no outputs")
    operators, kept = between(graph.operators, given, inputs, outputs, ends)
    stored = {n for n, t in tensors.items() if t.array is not None or t.variable}
    there = check_order(operators, stored, inputs or given)
    for name in ends:
        if name not in there:
            raise AipuError(f"nothing writes the output '{name}'")
    return Graph(tensors, operators, kept, ends)
