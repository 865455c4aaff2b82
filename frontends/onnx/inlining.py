"""Graphs in the place of nodes that hold them, where it is known how often they run.

    y = If (c) <then_branch = {t = Relu (x)},          t = Relu (x)
                else_branch = {e = Neg (x)}>     ==>   y = Identity (t)

    y = Loop (2, , x) <body = (i, c, a) {...           a1 = Mul (x, h)
          b = Mul (a, h)}>                       ==>   b1 = Mul (a1, h)
                                                       y = Identity (b1)

What a graph names is named otherwise where the name is taken already. The conditions
and the turns may follow from shapes, which only the conversion knows: see `turns.py`
and `importer.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, NodeProto, helper, numpy_helper

from ...errors import UnsupportedError
from ..limits import MOST_PARTS

Known = Mapping[str, int]
"""How many turns a node takes, by the first tensor that it writes: of an `If` whether
it is its first branch that runs, 1 or 0."""

MOST_TURNS = 4 * MOST_PARTS
"""Of all loops together, those in others for each turn of these."""

BRANCHES = ("else_branch", "then_branch")


def straight(
    graph: GraphProto, known: Known, opset: int
) -> tuple[list[NodeProto], list[onnx.TensorProto]]:
    """The nodes of a graph, with what they run in place of some, and its constants."""
    names = {value.name for value in (*graph.input, *graph.initializer)}
    names.update(name for node in graph.node for name in node.output)
    inlining = _Inlining(known, names, list(graph.initializer), opset)
    return list(inlining.nodes(graph.node)), inlining.constants


def holds_graphs(nodes: Iterable[NodeProto]) -> bool:
    """Whether a node runs a graph of its own."""
    return any(node.op_type in RUNNING for node in nodes)


def key_of(node: NodeProto) -> str:
    """What tells a node that holds graphs from others."""
    return next(filter(None, node.output), "")


def body_of(node: NodeProto) -> GraphProto:
    """The graph that a loop runs in each turn.

    Raises:
        UnsupportedError: there is none.
    """
    return _graph_of(node, "body")


def _graph_of(node: NodeProto, name: str) -> GraphProto:
    graph = next((a.g for a in node.attribute if a.name == name), None)
    if graph is None:
        raise _wrong(node, f"it has no {name}")
    return graph


def _wrong(node: NodeProto, message: str) -> UnsupportedError:
    place = f"node '{node.name or key_of(node)}' ({node.op_type})"
    return UnsupportedError(message, place=place)


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


class _Inlining:
    """Nodes on their way into one graph; `names` are taken, `constants` are kept."""

    def __init__(
        self,
        known: Known,
        names: set[str],
        constants: list[onnx.TensorProto],
        opset: int,
    ):
        self.known = known
        self.names = names
        self.constants = constants
        self.opset = opset
        self.turns = 0

    def nodes(self, nodes: Iterable[NodeProto]) -> Iterable[NodeProto]:
        for node in nodes:
            key = key_of(node)
            if node.op_type in RUNNING and key in self.known:
                yield from RUNNING[node.op_type](self, node, self.known[key])
            else:
                yield node

    def branch(self, node: NodeProto, number: int) -> Iterable[NodeProto]:
        """The nodes of the branch that is taken; its results under the node's names."""
        graph = _graph_of(node, BRANCHES[number])
        if len(graph.output) != len(node.output):
            raise _wrong(node, f"its branch does not give {len(node.output)} tensors")
        prefix = node.name or key_of(node)
        nodes, results = self.graph(graph, self.kept(graph, prefix), prefix)
        yield from nodes
        yield from self.named(results, node.output, "taken")

    def loop(self, node: NodeProto, turns: int) -> Iterable[NodeProto]:
        """All turns; a body reads their number and the condition before the rest."""
        body = body_of(node)
        variables = len(node.input[2:])
        collected = len(node.output) - variables
        _check(node, body, 2 + variables, 1 + variables + collected)
        known = self.kept(body, node.name or key_of(node))
        going_on = self.constant("going_on", np.array(True), node)
        values = list(node.input[2:])
        parts: list[list[str]] = [[] for _ in range(collected)]
        for turn in range(turns):
            shape = [1] * len(body.input[0].type.tensor_type.shape.dim)
            number = np.full(shape, turn, np.int64)
            given = [self.constant(f"turn{turn}", number, node), going_on, *values]
            nodes, (_, *results) = self.turn(node, body, known, given, turn)
            yield from nodes
            values = results[:variables]
            for own, name in zip(parts, results[variables:], strict=True):
                own.append(name)
        yield from self.named(values, node.output[:variables], "last")
        for own, name in zip(parts, node.output[variables:], strict=True):
            yield from self.stacked(own, name, 0)

    def scan(self, node: NodeProto, turns: int) -> Iterable[NodeProto]:
        """All turns; the last inputs of the body are elements of those of the node."""
        body, said = body_of(node), _integers(node)
        known = self.kept(body, node.name or key_of(node))
        count = said["num_scan_inputs"][0]
        variables = len(node.input) - count
        collected = len(node.output) - variables
        _check(node, body, len(node.input), variables + collected)
        values = list(node.input[:variables])
        scanned = list(node.input[variables:])
        axes = _listed(node, said, "scan_input_axes", count)
        backwards = _listed(node, said, "scan_input_directions", count)
        parts: list[list[str]] = [[] for _ in range(collected)]
        for turn in range(turns):
            elements: list[str] = []
            for name, axis, back in zip(scanned, axes, backwards, strict=True):
                place = np.array(turns - 1 - turn if back else turn, np.int64)
                index = self.constant(f"place{turn}", place, node)
                elements.append(self.new_name(f"{name}/{turn}", key_of(node)))
                yield helper.make_node(
                    "Gather", [name, index], elements[-1:], axis=axis
                )
            given = [*values, *elements]
            nodes, results = self.turn(node, body, known, given, turn)
            yield from nodes
            values = results[:variables]
            for own, name in zip(parts, results[variables:], strict=True):
                own.append(name)
        yield from self.named(values, node.output[:variables], "last")
        axes = _listed(node, said, "scan_output_axes", collected)
        backwards = _listed(node, said, "scan_output_directions", collected)
        outputs = node.output[variables:]
        for own, name, axis, back in zip(parts, outputs, axes, backwards, strict=True):
            yield from self.stacked(own[::-1] if back else own, name, axis)

    def turn(
        self,
        node: NodeProto,
        body: GraphProto,
        known: Mapping[str, str],
        given: Sequence[str],
        turn: int,
    ) -> tuple[Iterable[NodeProto], list[str]]:
        """One turn on these inputs: its nodes, and the names of its results."""
        names = {
            value.name: name for value, name in zip(body.input, given, strict=True)
        }
        self.turns += 1
        if self.turns > MOST_TURNS:
            raise _wrong(node, f"all loops take more than {MOST_TURNS} turns together")
        prefix = f"{node.name or key_of(node)}/{turn}"
        return self.graph(body, {**known, **names}, prefix)

    def graph(
        self, graph: GraphProto, given: Mapping[str, str], prefix: str
    ) -> tuple[Iterable[NodeProto], list[str]]:
        """The nodes of a graph, and the names of its results.

        Its inputs and its constants are `given`, by the names that these have now.
        """
        own = [name for inner in graph.node for name in inner.output if name]
        renamed = {**{name: self.new_name(name, prefix) for name in own}, **given}
        nodes = [renamed_node(inner, renamed) for inner in graph.node]
        results = [renamed.get(result.name, result.name) for result in graph.output]
        return self.nodes(nodes), results

    def kept(self, graph: GraphProto, prefix: str) -> dict[str, str]:
        """What the constants of a graph are called now, which are kept once."""
        names: dict[str, str] = {}
        for tensor in graph.initializer:
            kept = onnx.TensorProto()
            kept.CopyFrom(tensor)
            kept.name = names[tensor.name] = self.new_name(tensor.name, prefix)
            self.constants.append(kept)
        return names

    def named(
        self, results: Sequence[str], names: Sequence[str], ending: str
    ) -> Iterable[NodeProto]:
        """Results under the names that the node around gives them."""
        for source, name in zip(results, names, strict=True):
            if name:
                yield helper.make_node("Identity", [source], [name], f"{name}/{ending}")

    def stacked(
        self, parts: Sequence[str], name: str, axis: int
    ) -> Iterable[NodeProto]:
        """Tensors one after another along a new axis, under a name."""
        if not name:
            return
        if not parts:
            raise UnsupportedError(
                f"'{name}' has one part a turn, and there are none",
                remedy=f"cut the graph behind it: --input {name}",
            )
        lifted = [self.new_name(f"{part}/lifted", name) for part in parts]
        old = self.opset < 13
        at = [] if old else [self.constant(f"{name}/axis", np.array([axis]), None)]
        for part, each in zip(parts, lifted, strict=True):
            node = helper.make_node("Unsqueeze", [part, *at], [each])
            if old:
                node.attribute.append(helper.make_attribute("axes", [axis]))
            yield node
        yield helper.make_node("Concat", lifted, [name], f"{name}/all", axis=axis)

    def constant(self, name: str, array: np.ndarray, node: NodeProto | None) -> str:
        """Keep a constant; return its name."""
        prefix = "" if node is None else f"{key_of(node)}/"
        found = self.new_name(f"{prefix}{name}", "constant")
        self.constants.append(numpy_helper.from_array(array, found))
        return found

    def new_name(self, name: str, prefix: str) -> str:
        """`name`, or another where it is taken."""
        found, count = name, 0
        while found in self.names:
            count += 1
            found = f"{prefix}/{name}" if count == 1 else f"{prefix}/{name}.{count}"
        self.names.add(found)
        return found


RUNNING = {
    "If": _Inlining.branch,
    "Loop": _Inlining.loop,
    "Scan": _Inlining.scan,
}
"""Nodes that run graphs of their own."""


def _check(node: NodeProto, body: GraphProto, inputs: int, outputs: int) -> None:
    """Look whether a body fits its loop, before its turns are made."""
    if (len(body.input), len(body.output)) != (inputs, outputs):
        raise _wrong(
            node,
            f"its body has {len(body.input)} inputs and {len(body.output)} outputs, "
            f"expected {inputs} and {outputs}",
        )


def _listed(
    node: NodeProto, said: Mapping[str, list[int]], name: str, count: int
) -> list[int]:
    """An attribute of so many numbers, zeros if it is not there."""
    found = said.get(name, [0] * count)
    if len(found) != count:
        raise _wrong(node, f"its attribute '{name}' has not {count} numbers: {found}")
    return found


def _integers(node: NodeProto) -> dict[str, list[int]]:
    """The attributes of whole numbers."""
    return {
        attribute.name: list(attribute.ints) or [attribute.i]
        for attribute in node.attribute
        if attribute.type in (AttributeProto.INT, AttributeProto.INTS)
    }


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
