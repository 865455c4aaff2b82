"""`If` nodes whose condition is known: the branch that is taken takes their place.

    y = If (c) <then_branch = {t = Relu (x)},          t = Relu (x)
                else_branch = {e = Neg (x)}>     ==>   y = Identity (t)

What a branch names is named otherwise where the name is taken already. The condition
may follow from shapes, which only the conversion knows: see `importer.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

import onnx
from onnx import AttributeProto, GraphProto, NodeProto, helper

from ...errors import UnsupportedError

THEN, ELSE = "then_branch", "else_branch"

Taken = Mapping[str, bool]
"""The condition of each `If` that is known, by the first tensor that it writes."""


def straight(
    graph: GraphProto, taken: Taken
) -> tuple[list[NodeProto], list[onnx.TensorProto]]:
    """The nodes of a graph with branches in place of `If` nodes, and its constants."""
    names = {value.name for value in (*graph.input, *graph.initializer)}
    names.update(name for node in graph.node for name in node.output)
    flattening = _Flattening(taken, names, list(graph.initializer))
    return list(flattening.nodes(graph.node)), flattening.constants


def holds_branches(graph: GraphProto) -> bool:
    """Whether a graph has an `If`."""
    return any(node.op_type == "If" for node in graph.node)


def condition_key(node: NodeProto) -> str:
    """What tells an `If` from others."""
    return next(filter(None, node.output), "")


def captured(node: NodeProto) -> list[str]:
    """The tensors around a node that the graphs inside of it read, once each."""
    found: dict[str, None] = {}
    for inside in graphs_of(node):
        own = {value.name for value in (*inside.input, *inside.initializer)}
        for each in inside.node:
            reads = (*each.input, *captured(each))
            found.update(dict.fromkeys(name for name in reads if name not in own))
            own.update(each.output)
        ends = (value.name for value in inside.output)
        found.update(dict.fromkeys(name for name in ends if name not in own))
    return [name for name in found if name]


def graphs_of(node: NodeProto) -> list[GraphProto]:
    """The graphs that a node holds."""
    attributes = [a for a in node.attribute if a.type == AttributeProto.GRAPH]
    return [attribute.g for attribute in attributes]


class _Flattening:
    """Nodes on their way into one graph; `names` are taken, `constants` are kept."""

    def __init__(
        self, taken: Taken, names: set[str], constants: list[onnx.TensorProto]
    ):
        self.taken = taken
        self.names = names
        self.constants = constants

    def nodes(self, nodes: Iterable[NodeProto]) -> Iterable[NodeProto]:
        for node in nodes:
            if node.op_type == "If" and condition_key(node) in self.taken:
                yield from self.branch(node, self.taken[condition_key(node)])
            else:
                yield node

    def branch(self, node: NodeProto, condition: bool) -> Iterable[NodeProto]:
        """The nodes of the branch that is taken; its results under the node's names."""
        wanted = THEN if condition else ELSE
        graph = next((a.g for a in node.attribute if a.name == wanted), None)
        if graph is None or len(graph.output) != len(node.output):
            raise UnsupportedError(
                f"it has no {wanted} that gives {len(node.output)} tensors",
                place=f"node '{node.name or condition_key(node)}' (If)",
            )
        own = [tensor.name for tensor in graph.initializer]
        own += [name for inner in graph.node for name in inner.output if name]
        prefix = node.name or condition_key(node)
        renamed = {name: self.new_name(name, prefix) for name in own}
        for tensor in graph.initializer:
            kept = onnx.TensorProto()
            kept.CopyFrom(tensor)
            kept.name = renamed[tensor.name]
            self.constants.append(kept)
        yield from self.nodes(renamed_node(inner, renamed) for inner in graph.node)
        for result, name in zip(graph.output, node.output, strict=True):
            source = renamed.get(result.name, result.name)
            yield helper.make_node("Identity", [source], [name], f"{name}/taken")

    def new_name(self, name: str, prefix: str) -> str:
        """`name`, or another where it is taken."""
        found, count = name, 0
        while found in self.names:
            count += 1
            found = f"{prefix}/{name}" if count == 1 else f"{prefix}/{name}.{count}"
        self.names.add(found)
        return found


def renamed_node(node: NodeProto, names: Mapping[str, str]) -> NodeProto:
    """A node that reads and writes tensors under other names; in its graphs, too."""
    new = NodeProto()
    new.CopyFrom(node)
    new.input[:] = [names.get(name, name) for name in node.input]
    new.output[:] = [names.get(name, name) for name in node.output]
    for attribute in new.attribute:
        if attribute.type == AttributeProto.GRAPH:
            rename_within(attribute.g, names)
    return new


def rename_within(graph: GraphProto, names: Mapping[str, str]) -> None:
    """Let a graph read what is around it under other names."""
    own = {value.name for value in (*graph.input, *graph.initializer)}
    own.update(name for node in graph.node for name in node.output)
    outer = {name: new for name, new in names.items() if name not in own}
    nodes: Sequence[NodeProto] = [renamed_node(node, outer) for node in graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    for value in graph.output:
        value.name = outer.get(value.name, value.name)
