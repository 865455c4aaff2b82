"""The part of a graph that is wanted, cut at tensors by their names."""

from collections.abc import Sequence

from ...errors import AipuError
from ..cut_names import CutNames
from .graph import Graph, Operator


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
    starts = inputs or [
        name for name in graph.inputs if graph.tensors[name].array is None
    ]
    ends = outputs or graph.outputs
    if not ends:
        raise AipuError("the model has no outputs")
    operators, used = _needed(graph, starts, ends)
    for name in inputs:
        if name not in used:
            raise AipuError(f"the outputs do not depend on '{name}'")
    _check_order(graph, operators, starts, ends)
    kept = [name for name in starts if name in used or not outputs]
    return Graph(graph.tensors, operators, list(dict.fromkeys(kept)), ends)


def _needed(
    graph: Graph, starts: Sequence[str], ends: Sequence[str]
) -> tuple[list[Operator], set[str]]:
    """The operators that `ends` depend on, in order, and all that they read."""
    used = set(ends)
    operators: list[Operator] = []
    for operator in reversed(graph.operators):
        if used.intersection(operator.writes) - set(starts):
            operators.append(operator)
            used.update(operator.reads)
    return operators[::-1], used


def _check_order(
    graph: Graph,
    operators: Sequence[Operator],
    starts: Sequence[str],
    ends: Sequence[str],
) -> None:
    there = {
        name
        for name, tensor in graph.tensors.items()
        if tensor.array is not None or tensor.variable
    }
    written = there.copy()
    there.update(starts)
    for operator in operators:
        for name in operator.reads:
            if name not in there:
                raise _missing(graph, name, operator.place)
        for name in operator.writes:
            if name in written:
                raise AipuError(f"the tensor '{name}' is written twice")
            written.add(name)
        there.update(operator.writes)
    for name in ends:
        if name not in there:
            raise _missing(graph, name, "the outputs")


def _missing(graph: Graph, name: str, reader: str) -> AipuError:
    if name in graph.inputs:
        return AipuError(
            f"the outputs also depend on the input '{name}'",
            remedy=f"name it among the inputs: --input {name}",
        )
    return AipuError(f"it reads '{name}', which nothing wrote before", place=reader)
