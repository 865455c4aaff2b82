"""From the nodes of an exported program to `nn` operators, one after another.

A node on constants is computed on the spot, by the same converters. One that `nn`
cannot say is remembered, and a stand-in of the declared shape takes its place, so that
one run finds all of them.
"""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from xdsl.dialects.builtin import TensorType, f32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError, UnsupportedError
from ..constant import Constant, Value
from ..input_shapes import Batch
from ..limits import LARGEST
from ..network import Emitter, Network
from ..refusals import UNKNOWN, Refusals
from .archive import Archive
from .elements import as_declared, extents, read_tensor
from .in_place import changes_in_place
from .node import Node
from .operators import CONVERTERS
from .program import Program
from .program_node import ProgramNode


class Conversion:
    """Fills a network with the operators and the weights of a program.

    `values` holds what each tensor has become; nothing is known of one after an
    unsupported node without a declared shape.
    """

    def __init__(
        self,
        archive: Archive,
        program: Program,
        shapes: Mapping[str, Shape],
        batch: Batch,
    ):
        self.archive = archive
        self.program = program
        self.batch = batch
        self.as_declared = all(
            shape == self._declared(name) for name, shape in shapes.items()
        )
        self.network = Network(shapes)
        self.values: dict[str, Value] = dict(self.network.inputs)
        self.refusals = Refusals()
        reads = (name for node in program.nodes for name in node.reads)
        self.read = {*reads, *program.outputs}

    def run(self) -> dict[str, SSAValue]:
        """Convert all nodes; return the values of the outputs by name.

        Raises:
            UnsupportedError: nodes that `nn` cannot say, all of them in one message.
            AipuError: a node that torch does not allow.
        """
        for node in self.program.nodes:
            self._convert(node)
        if self.refusals:
            raise self.refusals.error(self.program.outputs)
        return {name: self._output(name) for name in self.program.outputs}

    def _convert(self, node: ProgramNode) -> None:
        for name in node.reads:
            if name in self.program.constants and name not in self.values:
                stored = self.program.constants[name]
                self.values[name] = Constant(stored, read_tensor(self.archive, stored))
        try:
            operator = _operator(node)
            if all(name in self.values for name in node.reads):
                results = self._results(node, operator)
                for name in node.writes[len(results) :]:
                    if name in self.read:
                        raise UnsupportedError(f"its result '{name}'", place=node.place)
                for name, value in zip(node.writes, results, strict=False):
                    self._check_shape(node, name, value)
                    # A tensor that the graph is cut at stays an input.
                    self.values.setdefault(name, value)
            known = (self.values.get(name) for name in node.writes)
            pairs = zip(node.writes, known, strict=True)
            computed = (name for name, value in pairs if isinstance(value, SSAValue))
            self.refusals.passed(node.reads, node.writes, computed)
        except UnsupportedError as error:
            self.refusals.refuse(error, node.reads, node.writes)
            for name in node.writes:
                self._stand_in(name)

    def _results(self, node: ProgramNode, operator: str) -> Sequence[Value]:
        """What the tensors that a node writes become."""
        if any(isinstance(self.values[name], SSAValue) for name in node.reads):
            return _converted(self._node(node, self.network), operator)
        network = Network({})
        converted = self._node(node, network)
        return self._evaluated(converted, network, _converted(converted, operator))

    def _evaluated(
        self, node: Node, network: Network, results: Sequence[Value]
    ) -> list[Value]:
        """The results of a node on constants, which was converted on its own."""
        for op in network.block.ops:
            if prod(nn.shape(op.results[0])) > LARGEST:
                raise node.unsupported(f"a constant of more than {LARGEST} elements")
        names = node.source.writes[: len(results)]
        computed = {
            name: value
            for name, value in zip(names, results, strict=True)
            if isinstance(value, SSAValue)
        }
        model = network.finish(node.name, computed)
        (main,) = model.module.body.block.ops
        assert isinstance(main, FuncOp)
        arrays = evaluate(main, [], model.weights, precision=np.float64)
        found = dict(zip(computed, arrays, strict=True))
        declared = self.program.declared
        return [
            Constant(name, as_declared(found[name], declared.get(name)))
            if name in found
            else value
            for name, value in zip(names, results, strict=True)
        ]

    def _node(self, node: ProgramNode, network: Network) -> Node:
        return Node(
            network=network,
            name=node.name,
            operator=node.target,
            source=node,
            values=self.values,
            batch=self.batch,
        )

    def _check_shape(self, node: ProgramNode, name: str, value: Value) -> None:
        """The result has the shape that the program declares."""
        declared = self._declared(name)
        found = nn.shape(value) if isinstance(value, SSAValue) else value.array.shape
        if self.as_declared and declared is not None and declared != found:
            raise AipuError(
                f"its result has the shape {list(found)}, the program says "
                f"{list(declared)}",
                place=node.place,
            )

    def _declared(self, name: str) -> Shape | None:
        meta = self.program.declared.get(name)
        return None if meta is None else extents(meta.sizes, f"tensor '{name}'")

    def _output(self, name: str) -> SSAValue:
        value = self.values[name]
        if isinstance(value, SSAValue):
            return value
        return Emitter(self.network, name, "output").weight(value.name, value.array)

    def _stand_in(self, name: str) -> None:
        """Let nodes after an unsupported one be converted, if its shape is known."""
        declared = self._declared(name)
        if declared is not None:
            kind = TensorType(f32, declared)
            self.values[name] = Block(arg_types=[kind]).args[0]


def _operator(node: ProgramNode) -> str:
    """The name under which `CONVERTERS` has the operator of a node.

    Raises:
        UnsupportedError: it has not.
    """
    if node.operator in CONVERTERS:
        return node.operator
    # `in_place.py` has made sure that nobody notices the difference.
    if changes_in_place(node.operator) and node.operator[:-1] in CONVERTERS:
        return node.operator[:-1]
    what = UNKNOWN
    if node.target.startswith("higher_order."):
        what = "it runs a graph of its own, and the network must be one straight graph"
    raise UnsupportedError(what, place=node.place)


def _converted(node: Node, operator: str) -> Sequence[Value]:
    """What a converter makes of a node."""
    try:
        results = CONVERTERS[operator](node)
    except VerifyException as error:
        raise node.wrong(str(error)) from error
    if node.unread():
        raise node.unsupported(f"its arguments {node.unread()}")
    return [results] if isinstance(results, SSAValue | Constant) else results
