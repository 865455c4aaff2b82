"""From TensorFlow nodes to `nn` operators, by carrying the graph out on what is known.

A tensor is a constant, whose elements are computed here, or a value of the network.
Loops are run turn by turn: their counters are constants, and each turn adds its own
operators. A node that `nn` cannot say is remembered, so that one run finds all of them;
those that no output depends on, as in a branch that is never taken, are nobody's fault.
"""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...dialects.quant import UniformType
from ...errors import AipuError, UnsupportedError
from ..constant import Constant
from ..input_shapes import Batch
from ..limits import MOST_PARTS
from ..network import Network
from ..refusals import UNKNOWN, Refusals
from .control_flow import CARRIERS
from .folding import FOLDERS, fold
from .graph import Graph
from .graph_def import NodeDef, Reference, reference
from .integers import check_integers
from .loops import Loop, Step, structured
from .node import Node
from .operators import CONVERTERS
from .tensor_proto import DataType
from .values import Dead, Elements, Output, Unknown, reasons

MOST_NODES = 200_000
"""Nodes that are carried out in all; loops within loops multiply."""

VARIABLES = {"Variable", "VariableV2", "VarHandleOp", "ReadVariableOp"}


class Conversion:
    """Fills a network with the operators and the weights of a graph."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape],
        batch: Batch,
        stored: Mapping[str, UniformType] = {},
    ):
        self.graph = graph
        self.batch = batch
        self.network = Network(shapes, stored=stored)
        self.values: dict[Reference, Output] = {
            reference(name): value for name, value in self.network.inputs.items()
        }
        self.cuts = set(self.values)
        self.turns: list[int] = []
        self.carried_out = 0
        self.refusals = Refusals()
        self.refused_places: set[str] = set()

    def run(self) -> dict[str, SSAValue]:
        """Convert all nodes; return the values of the outputs by name.

        Raises:
            UnsupportedError: nodes that `nn` cannot say, all of them in one message.
            AipuError: a node that TensorFlow does not allow, or a loop without end.
        """
        self.take(structured(self.graph.nodes, self.cuts))
        values = {name: self.final(name) for name in self.graph.outputs}
        if self.graph.guessed:
            values = without_leftovers(values)
        unknown = [value for value in values.values() if isinstance(value, Unknown)]
        if unknown:
            raise self.refusals.error(map(str, values), reasons(unknown))
        return {str(name): self.output(name, found) for name, found in values.items()}

    def take(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if isinstance(step, Loop):
                self.take_loop(step)
            else:
                self.take_node(step)

    def take_loop(self, loop: Loop) -> None:
        """All turns of a loop.

        Raises:
            AipuError: they do not end.
        """
        self.take(loop.enters)
        variables = {merge.name: self.first(merge) for merge in loop.merges}
        for turn in range(MOST_PARTS + 1):
            self.turns.append(turn)
            for name, value in variables.items():
                self.values[Reference(name)] = value
            self.take(loop.condition)
            follows = self.another_turn(loop)
            if follows is True:
                self.take(loop.body)
                variables = {merge.name: self.next(merge) for merge in loop.merges}
            self.turns.pop()
            if follows is not True:
                self.leave(loop, follows or None)
                return
        raise AipuError(
            f"it has not ended after {MOST_PARTS} turns",
            place=f"loop '{loop.name}'",
            remedy="only loops with a number of turns that is known can be unrolled",
        )

    def another_turn(self, loop: Loop) -> bool | Unknown:
        """Whether the condition of a loop holds, as far as that is known now."""
        found = self.values[Reference(loop.predicate.name)]
        if isinstance(found, Constant):
            return bool(found.array.all())
        if isinstance(found, Unknown | Dead):
            return found if isinstance(found, Unknown) else False
        return self.refused(
            UnsupportedError(
                "how often the loop turns depends on data", place=loop.predicate.place
            )
        )

    def first(self, merge: NodeDef) -> Output:
        """What a variable of a loop is before the first turn."""
        return self.entering(merge, comes_back=False)

    def next(self, merge: NodeDef) -> Output:
        """What a variable of a loop is after a turn."""
        return self.entering(merge, comes_back=True)

    def entering(self, merge: NodeDef, *, comes_back: bool) -> Output:
        for source in merge.inputs:
            node = self.graph.nodes[source.node]
            if (node.operator == "NextIteration") == comes_back:
                return self.read(source, merge)
        raise AipuError("a variable that never enters its loop", place=merge.place)

    def leave(self, loop: Loop, unknown: Unknown | None) -> None:
        """Let the variables of a loop out, through its switches.

        They are `unknown` if nobody knows how often the loop turns.
        """
        for step in loop.body:
            if isinstance(step, NodeDef) and step.operator == "Switch":
                value = unknown or self.values.get(step.inputs[0], Unknown())
                self.values[Reference(step.name, 0)] = value

    def take_node(self, definition: NodeDef) -> None:
        """Give a value to each output of a node that is not known from elsewhere."""
        self.carried_out += 1
        if self.carried_out > MOST_NODES:
            raise AipuError(
                f"its loops carry out more than {MOST_NODES} nodes",
                place=definition.place,
            )
        inputs = [self.read(source, definition) for source in definition.inputs]
        node = self.node(definition, inputs)
        try:
            found = self.results(node)
        except UnsupportedError as error:
            found = self.refused(error, inputs, definition)
        except VerifyException as error:
            raise node.wrong(str(error)) from error
        results = found if isinstance(found, Sequence) else [found]
        self.pass_on(definition, results)
        for number, value in enumerate(results):
            source = Reference(definition.name, number)
            if source not in self.cuts:
                self.values[source] = value

    def results(self, node: Node) -> Output | Sequence[Output]:
        """What the outputs of a node become.

        Raises:
            UnsupportedError: `nn` cannot say the operator.
        """
        values = node.inputs
        if node.operator != "Merge":
            if any(isinstance(value, Dead) for value in values):
                return Dead()
            if unknown := unknown_among(values):
                if not is_known(node.operator):
                    raise self.unknown_operator(node)
                return Unknown(sources=unknown)
        if node.operator in CARRIERS:
            return CARRIERS[node.operator](node)
        if node.operator in OF_SHAPES and isinstance(node.output(0), SSAValue):
            return OF_SHAPES[node.operator](node, nn.shape(node.tensor(0)))
        constants = [value for value in values if isinstance(value, Constant)]
        if len(constants) == len(values) and node.operator in FOLDERS:
            return fold(node, constants)
        if node.operator not in CONVERTERS:
            raise self.unknown_operator(node)
        check_integers(node)
        return CONVERTERS[node.operator](node)

    def unknown_operator(self, node: Node) -> UnsupportedError:
        if node.operator in VARIABLES:
            return node.unsupported("the graph is not frozen: this is a variable")
        return node.unsupported(UNKNOWN)

    def refused(
        self,
        error: UnsupportedError,
        inputs: Sequence[Output] = (),
        definition: NodeDef | None = None,
    ) -> Unknown:
        """Remember what is not supported, once for all turns of a loop."""
        if error.place not in self.refused_places:
            self.refused_places.add(error.place)
            reads = [] if definition is None else map(str, definition.inputs)
            writes = [] if definition is None else [definition.name]
            self.refusals.refuse(error, reads, writes)
        return Unknown(error, unknown_among(inputs))

    def pass_on(self, definition: NodeDef, results: Sequence[Output]) -> None:
        """Remember where the graph could be cut: not within a loop."""
        writes = [Reference(definition.name, n) for n, _ in enumerate(results)]
        if not self.turns and not any(isinstance(v, Unknown) for v in results):
            computed = [
                str(name)
                for name, value in zip(writes, results, strict=True)
                if isinstance(value, SSAValue) and name not in self.cuts
            ]
            reads = map(str, definition.inputs)
            self.refusals.passed(reads, map(str, writes), computed)

    def read(self, source: Reference, reader: NodeDef) -> Output:
        """What an input of a node has become.

        Raises:
            AipuError: the node that should write it has no such output.
        """
        if source in self.values:
            return self.values[source]
        if isinstance(self.values.get(Reference(source.node)), Dead | Unknown):
            return self.values[Reference(source.node)]
        raise AipuError(
            f"it reads '{source}', which nothing writes", place=reader.place
        )

    def node(self, definition: NodeDef, inputs: Sequence[Output]) -> Node:
        turns = "".join(f"/{turn}" for turn in self.turns)
        return Node(
            network=self.network,
            name=f"{definition.name}{turns}",
            operator=definition.operator,
            definition=definition,
            inputs=inputs,
            batch=self.batch,
        )

    def definition(self, name: Reference) -> NodeDef:
        """The node of an output of the network; one that is fed has none."""
        fed = NodeDef(name.node, "Const", (), {})
        return self.graph.nodes.get(name.node, fed)

    def final(self, name: Reference) -> Output:
        """What an output of the network has become."""
        return self.read(name, self.definition(name))

    def output(self, name: Reference, value: Output) -> SSAValue:
        """The value of an output of the network.

        Raises:
            AipuError: it is none that a tensor could have.
        """
        if isinstance(value, Dead):
            raise AipuError(
                "it lies in a branch that is never taken", place=f"output '{name}'"
            )
        if isinstance(value, Elements | Unknown):
            raise AipuError("it is no tensor", place=f"output '{name}'")
        return self.node(self.definition(name), [value]).tensor(0)


def without_leftovers(values: Mapping[Reference, Output]) -> Mapping[Reference, Output]:
    """What nobody reads, but the ends of branches and predicates.

    Such are constants or dead, unless a whole graph is.
    """
    computed = {
        name: value
        for name, value in values.items()
        if not isinstance(value, Constant | Dead)
    }
    return computed or values


def unknown_among(values: Sequence[Output]) -> list[Unknown]:
    return [value for value in values if isinstance(value, Unknown)]


def is_known(operator: str) -> bool:
    """Whether anything could be made of such a node."""
    tables = (CARRIERS, FOLDERS, CONVERTERS, OF_SHAPES)
    return any(operator in table for table in tables)


def shape_of(node: Node, shape: Shape) -> Constant:
    wide = node.definition.attributes.get("out_type") is DataType.INT64
    return _integers(node, np.array(shape, np.int64 if wide else np.int32))


def rank_of(node: Node, shape: Shape) -> Constant:
    return _integers(node, np.array(len(shape), np.int32))


def size_of(node: Node, shape: Shape) -> Constant:
    return _integers(node, np.array(prod(shape), np.int32))


def filled(value: float):
    """Constants of the shape of a tensor."""
    return lambda node, shape: Constant(
        node.definition.name, np.full(shape, value, np.float32)
    )


def _integers(node: Node, array: np.ndarray) -> Constant:
    return Constant(node.definition.name, array)


OF_SHAPES = {
    "Shape": shape_of,
    "Rank": rank_of,
    "Size": size_of,
    "ZerosLike": filled(0),
    "OnesLike": filled(1),
}
"""Operators that only ask for the shape of a tensor."""
