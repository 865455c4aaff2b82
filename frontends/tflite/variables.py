"""Variables that a model keeps from one run to the next, as inputs and outputs.

A network has no memory of its own: whoever runs it feeds what the last run gave.
"""

from collections.abc import Sequence
from dataclasses import replace

from ...errors import AipuError, Warnings
from .graph import Graph, Operator

HANDLE, READ, ASSIGN, INITIALISING = (
    "VAR_HANDLE",
    "READ_VARIABLE",
    "ASSIGN_VARIABLE",
    "CALL_ONCE",
)


def with_variables_outside(graph: Graph, warnings: Warnings) -> Graph:
    """A graph without variables.

    What is read of one before anything is assigned is an input of its name; what is
    assigned last is an output. What is read in between is what was assigned.

    Raises:
        AipuError: a variable is read or assigned that has no handle.
    """
    if all(operator.kind != HANDLE for operator in graph.operators):
        return graph
    return _Variables(graph).graph(warnings)


class _Variables:
    """The variables of a graph, by the tensors of their handles and by name."""

    def __init__(self, graph: Graph):
        self.whole = graph
        self.tensors = dict(graph.tensors)
        self.names: dict[str, str] = {}
        self.before: list[str] = []
        self.now: dict[str, str] = {}
        self.assigned: dict[str, None] = {}
        self.same: dict[str, str] = {}
        self.kept = [each for each in map(self.operator, graph.operators) if each]

    def operator(self, operator: Operator) -> Operator | None:
        """An operator as it stays; None if it only was about variables."""
        reads = self.meant(operator.inputs)
        if operator.kind == HANDLE:
            found = operator.options.get("SharedName")
            (handle,) = self.expected(operator, operator.writes, 1)
            self.names[handle] = found if isinstance(found, str) and found else handle
        elif operator.kind == READ:
            name = self.variable(operator, *self.expected(operator, reads, 1))
            (read,) = self.expected(operator, operator.writes, 1)
            if name not in self.now:
                self.now[name] = read if name in self.tensors else name
                self.before.append(self.now[name])
                begun = replace(self.tensors[read], name=self.now[name])
                self.tensors[begun.name] = begun
            self.same[read] = self.now[name]
        elif operator.kind == ASSIGN:
            handle, value = self.expected(operator, reads, 2)
            name = self.variable(operator, handle)
            self.now[name] = value
            self.assigned[name] = None
        elif operator.kind != INITIALISING:
            return replace(operator, inputs=reads)
        return None

    def meant(self, names: Sequence[str]) -> list[str]:
        """Tensors, those that were read of variables by what was assigned to them."""
        return [self.same.get(name, name) for name in names]

    def expected(
        self, operator: Operator, names: Sequence[str], count: int
    ) -> Sequence[str]:
        if len(names) != count:
            raise AipuError(
                f"{len(names)} tensors, expected {count}", place=operator.place
            )
        return names

    def variable(self, operator: Operator, handle: str) -> str:
        if handle not in self.names:
            raise AipuError("no handle of a variable", place=operator.place)
        return self.names[handle]

    def graph(self, warnings: Warnings) -> Graph:
        for name in self.before:
            warnings.add(
                "it is an input, and its next value an output: feed the one with the "
                "other",
                f"variable '{name}'",
            )
        results = [self.now[name] for name in self.assigned]
        outputs = [*self.meant(self.whole.outputs), *results]
        inputs = [*self.whole.inputs, *self.before]
        return Graph(self.tensors, self.kept, inputs, list(dict.fromkeys(outputs)))
