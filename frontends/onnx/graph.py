"""The part of an ONNX graph that is wanted: its nodes in order, each with one name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import onnx

from ...dialects.nn.shapes import Shape
from ...errors import AipuError, UnsupportedError, nearest
from ..cut_names import CutNames
from ..ordering import in_order
from .inlining import captured, straight
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

    @property
    def reads(self) -> list[str]:
        """The tensors that it reads, but for those that it leaves out."""
        return [name for name in self.proto.input if name]

    @property
    def writes(self) -> list[str]:
        """The tensors that it writes, but for those that it leaves out."""
        return [name for name in self.proto.output if name]


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


@dataclass(frozen=True)
class Source:
    """A model as one straight graph: its nodes, its constants, its open inputs."""

    model: onnx.ModelProto
    nodes: Sequence[onnx.NodeProto]
    initialisers: Mapping[str, onnx.TensorProto]

    @classmethod
    def of(
        cls,
        model: onnx.ModelProto,
        fixed: Mapping[str, onnx.TensorProto] = {},
        turns: Mapping[str, int] = {},
    ) -> "Source":
        """The model, with constants for some inputs, and graphs in place of nodes."""
        nodes, constants = straight(model.graph, turns, opset(model) or 0)
        known = {tensor.name: tensor for tensor in constants}
        return cls(model, nodes, known | dict(fixed))

    @property
    def inputs(self) -> list[str]:
        """The inputs that are not known."""
        names = (value.name for value in self.model.graph.input)
        return [name for name in names if name not in self.initialisers]


def select(
    source: Source, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> Graph:
    """The part of a model that computes `outputs` from `inputs`, tensors by name.

    Raises:
        AipuError: a name is unknown, the part depends on more than `inputs`, or the
            graph has a cycle, a tensor written twice or one that nothing writes.
    """
    graph, initialisers, given = source.model.graph, source.initialisers, source.inputs
    if graph.sparse_initializer:
        raise UnsupportedError("the model has sparse initialisers")
    starts = list(dict.fromkeys(inputs or given))
    ends = list(outputs) or [value.name for value in graph.output]
    if not ends:
        raise AipuError("the model has no outputs")
    tensors = _Tensors(
        source.nodes,
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
        opset=opset(source.model) or 0,
        opset_imports={e.domain: e.version for e in source.model.opset_import},
        nodes=_named([source.nodes[position] for position in tensors.in_order(needed)]),
        inputs=[name for name in starts if name in used or not outputs],
        outputs=ends,
        initialisers=initialisers,
        declared={value.name: value.type for value in declared},
    )


def cut_names(source: Source) -> CutNames:
    """Where a model can be cut."""
    nodes = {
        node.name: [name for name in node.proto.output if name]
        for node in _named(source.nodes)
    }
    ends = (*source.inputs, *source.initialisers)
    outputs = (value.name for value in source.model.graph.output)
    written = (tensor for tensors in nodes.values() for tensor in tensors)
    return CutNames({*ends, *outputs, *written}, nodes)


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
        """What a node reads, also in the graphs that it holds."""
        node = self.nodes[position]
        reads = [*filter(None, node.input), *captured(node)]
        for name in reads:
            if name not in self.known:
                raise AipuError(
                    f"it reads '{name}', which nothing writes",
                    place=f"node '{node.name or node.output[0]}' ({node.op_type})",
                    remedy=nearest(name, self.known),
                )
        return reads

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


def small_inputs(graph: Graph, name: str, shapes: Mapping[str, Shape]) -> list[str]:
    """The inputs of one element that a tensor depends on."""
    writers = {out: node.proto for node in graph.nodes for out in node.proto.output}
    waiting, seen = [name], set[str]()
    while waiting:
        tensor = waiting.pop()
        if tensor not in seen:
            seen.add(tensor)
            if tensor in writers and tensor not in graph.inputs:
                waiting += [*writers[tensor].input, *captured(writers[tensor])]
    return [
        each
        for each in graph.inputs
        if each in seen and prod(shapes.get(each, ())) == 1
    ]
