"""The part of a graph that is wanted, cut at tensors by their names."""

from collections.abc import Sequence

from ...errors import AipuError
from ..cut_names import CutNames
from .graph import Graph, Operator


def place(graph: Graph, operator: Operator) -> str:
    """What an error calls an operator: TFLite names tensors only."""
    return f"node '{name(graph, operator)}' ({operator.kind})"


def name(graph: Graph, operator: Operator) -> str:
    """The first name of the first tensor that the operator writes.

    Converters join the names of all operators that they have fused: `last;first;...`.
    """
    if not operator.outputs:
        return ""
    return graph.tensors[operator.outputs[0]].name.partition(";")[0]


def cut_names(graph: Graph) -> CutNames:
    """Where a graph can be cut; an operator goes by each of the names in its own."""
    nodes: dict[str, list[str]] = {}
    for operator in graph.operators:
        written = [graph.tensors[number].name for number in operator.outputs]
        for part in ";".join(written[:1]).split(";"):
            nodes.setdefault(part, written)
    return CutNames({tensor.name for tensor in graph.tensors}, nodes)


def select(graph: Graph, inputs: Sequence[str], outputs: Sequence[str]) -> Graph:
    """The part of the graph that computes `outputs` from `inputs`, tensors by name.

    Raises:
        AipuError: a name is unknown, the part depends on more than `inputs`, or a
            tensor is written twice, or read before it is written.
    """
    starts = _numbers(graph, inputs) or [
        number for number in graph.inputs if graph.tensors[number].array is None
    ]
    ends = _numbers(graph, outputs) or list(graph.outputs)
    if not ends:
        raise AipuError("the model has no outputs")
    operators, used = _needed(graph, starts, ends)
    for number, given in zip(starts, inputs, strict=False):
        if number not in used:
            raise AipuError(f"the outputs do not depend on '{given}'")
    _check_order(graph, operators, starts, ends)
    kept = [number for number in starts if number in used or not outputs]
    return Graph(graph.tensors, operators, list(dict.fromkeys(kept)), ends)


def _numbers(graph: Graph, wanted: Sequence[str]) -> list[int]:
    known = {tensor.name: number for number, tensor in enumerate(graph.tensors)}
    return [known[tensor] for tensor in wanted]


def _needed(
    graph: Graph, starts: Sequence[int], ends: Sequence[int]
) -> tuple[list[Operator], set[int]]:
    """The operators that `ends` depend on, in order, and all that they read."""
    used = set(ends)
    operators: list[Operator] = []
    for operator in reversed(graph.operators):
        if used.intersection(operator.outputs) - set(starts):
            operators.append(operator)
            used.update(operator.inputs)
    return operators[::-1], used


def _check_order(
    graph: Graph,
    operators: Sequence[Operator],
    starts: Sequence[int],
    ends: Sequence[int],
) -> None:
    tensors = graph.tensors
    there = {
        number
        for number, tensor in enumerate(tensors)
        if tensor.array is not None or tensor.variable
    }
    written = there.copy()
    there.update(starts)
    for operator in operators:
        for number in operator.inputs:
            if number not in there and number >= 0:
                raise _missing(graph, number, place(graph, operator))
        for number in operator.outputs:
            if number in written:
                raise AipuError(f"the tensor '{tensors[number].name}' is written twice")
            written.add(number)
        there.update(operator.outputs)
    for number in ends:
        if number not in there:
            raise _missing(graph, number, "the outputs")


def _missing(graph: Graph, number: int, reader: str) -> AipuError:
    name = graph.tensors[number].name
    if number in graph.inputs:
        return AipuError(
            f"the outputs also depend on the input '{name}'",
            remedy=f"name it among the inputs: --input {name}",
        )
    return AipuError(f"it reads '{name}', which nothing wrote before", place=reader)
