"""The part of an ONNX graph that is wanted: its nodes in order, each with one name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import onnx

from ...errors import AipuError, UnsupportedError, nearest
from ..cut_names import CutNames
from ..ordering import in_order
from .model_file import STANDARD_DOMAINS, opset


@dataclass(frozen=True)
class NamedNode:
    """A node under a name that no other node has."""

    name: str
    proto: onnx.NodeProto

    @property
    def operator(self) -> str:
        """What the node computes: `Conv`, or `some.domain.Conv`."""
        if self.proto.domain in STANDARD_DOMAINS:
            return self.proto.op_type
        return f"{self.proto.domain}.{self.proto.op_type}"

    @property
    def place(self) -> str:
        """What an error calls the node."""
        return f"node '{self.name}' ({self.operator})"


@dataclass(frozen=True)
class Graph:
    """The nodes between `inputs` and `outputs`, each after those that it reads.

    `declared` is what the file says of the types of its tensors.
    """

    opset: int
    opset_imports: Mapping[str, int]
    nodes: Sequence[NamedNode]
    inputs: Sequence[str]
    outputs: Sequence[str]
    initialisers: Mapping[str, onnx.TensorProto]
    declared: Mapping[str, onnx.TypeProto]


def select(
    model: onnx.ModelProto, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> Graph:
    """The part of the model that computes `outputs` from `inputs`, tensors by name.

    Raises:
        AipuError: a name is unknown, the part depends on more than `inputs`, or the
            graph has a cycle, a tensor written twice or one that nothing writes.
    """
    graph = model.graph
    if graph.sparse_initializer:
        raise UnsupportedError("the model has sparse initialisers")
    initialisers = {tensor.name: tensor for tensor in graph.initializer}
    given = [value.name for value in graph.input if value.name not in initialisers]
    starts = list(dict.fromkeys(inputs or given))
    ends = list(outputs) or [value.name for value in graph.output]
    if not ends:
        raise AipuError("the model has no outputs")
    tensors = _Tensors(
        graph.node,
        sources={*starts, *initialisers},
        known={*given, *initialisers},
    )
    for name in (*inputs, *ends):
        tensors.check(name)
    needed, used = tensors.needed(ends)
    for name in inputs:
        if name not in used:
            raise AipuError(f"the outputs do not depend on '{name}'")
    declared = (*graph.value_info, *graph.output, *graph.input)
    return Graph(
        opset=opset(model) or 0,
        opset_imports={entry.domain: entry.version for entry in model.opset_import},
        nodes=_named([graph.node[position] for position in tensors.in_order(needed)]),
        inputs=[name for name in starts if name in used or not outputs],
        outputs=ends,
        initialisers=initialisers,
        declared={value.name: value.type for value in declared},
    )


def cut_names(graph: onnx.GraphProto) -> CutNames:
    """Where a graph can be cut."""
    nodes = {
        node.name: [name for name in node.proto.output if name]
        for node in _named(graph.node)
    }
    ends = (*graph.input, *graph.initializer, *graph.output)
    written = (tensor for tensors in nodes.values() for tensor in tensors)
    return CutNames({*(end.name for end in ends), *written}, nodes)


class _Tensors:
    """Who writes the tensors of a graph.

    `sources` are there before any node, `known` are in the file without a writer.
    """

    def __init__(
        self,
        nodes: Sequence[onnx.NodeProto],
        sources: Collection[str],
        known: Collection[str],
    ):
        self.nodes = nodes
        self.sources = sources
        self.known = set(known)
        self.writers: dict[str, int] = {}
        for position, node in enumerate(nodes):
            for name in filter(None, node.output):
                if name in self.known:
                    raise AipuError(f"the tensor '{name}' is written twice")
                self.known.add(name)
                self.writers[name] = position

    def check(self, name: str) -> None:
        """The tensor must exist."""
        if name not in self.known:
            raise AipuError(
                f"the model has no tensor '{name}'", remedy=nearest(name, self.known)
            )

    def needed(self, ends: Sequence[str]) -> tuple[set[int], set[str]]:
        """The nodes that `ends` depend on, by position, and all that they read."""
        needed: set[int] = set()
        used: set[str] = set()
        waiting = list(ends)
        while waiting:
            name = waiting.pop()
            used.add(name)
            if name in self.sources:
                continue
            if name not in self.writers:
                raise AipuError(
                    f"the outputs also depend on the input '{name}'",
                    remedy=f"name it among the inputs: --input {name}",
                )
            position = self.writers[name]
            if position not in needed:
                needed.add(position)
                waiting.extend(self._inputs(position))
        return needed, used

    def in_order(self, needed: Collection[int]) -> list[int]:
        """Nodes after those that they read, else in the order of the file."""
        return in_order(
            {position: self._writers_before(position) for position in needed},
            {
                position: self.nodes[position].name or self.nodes[position].output[0]
                for position in needed
            },
        )

    def _inputs(self, position: int) -> list[str]:
        node = self.nodes[position]
        for name in filter(None, node.input):
            if name not in self.known:
                raise AipuError(
                    f"it reads '{name}', which nothing writes",
                    place=f"node '{node.name or node.output[0]}' ({node.op_type})",
                    remedy=nearest(name, self.known),
                )
        return list(filter(None, node.input))

    def _writers_before(self, position: int) -> set[int]:
        inputs = (name for name in self._inputs(position) if name not in self.sources)
        return {self.writers[name] for name in inputs}


def _named(nodes: Iterable[onnx.NodeProto]) -> list[NamedNode]:
    """Each node under its name, or that of its first output; repeated names counted."""
    counts: dict[str, int] = {}
    named: list[NamedNode] = []
    for node in nodes:
        name = wanted = node.name or next(filter(None, node.output), "")
        while name in counts:
            counts[wanted] += 1
            name = f"{wanted}.{counts[wanted]}"
        counts[name] = 1
        named.append(NamedNode(name, node))
    return named
