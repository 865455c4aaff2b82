"""From the nodes of an exported program to `nn` operators.

A node on constants is computed on the spot, by the same converters.
"""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError, UnsupportedError
from ..constant import Constant, Value
from ..conversion import Conversion as AnyConversion
from ..conversion import converted, unknown_operator
from ..input_shapes import Batch
from ..limits import LARGEST
from ..network import Network
from ..refusals import OWN_GRAPH
from .archive import Archive
from .elements import as_declared, extents, read_tensor
from .in_place import changes_in_place
from .node import Node
from .operators import CONVERTERS
from .program import Program
from .program_node import ProgramNode


class Conversion(AnyConversion[ProgramNode]):
    """Fills a network with the operators and the weights of a program."""

    def __init__(
        self,
        archive: Archive,
        program: Program,
        shapes: Mapping[str, Shape],
        batch: Batch,
    ):
        super().__init__(Network(shapes))
        self.archive = archive
        self.program = program
        self.batch = batch
        self.as_declared = all(
            shape == self._declared(name) for name, shape in shapes.items()
        )
        reads = (name for node in program.nodes for name in node.reads)
        self.read = {*reads, *program.outputs}

    def check_known(self, node: ProgramNode) -> None:
        _operator(node)

    def results(self, node: ProgramNode) -> Mapping[str, Value]:
        for name in node.reads:
            if name in self.program.constants and name not in self.values:
                stored = self.program.constants[name]
                self.values[name] = Constant(stored, read_tensor(self.archive, stored))
        results = self._results(node, _operator(node))
        for name in node.writes[len(results) :]:
            if name in self.read:
                raise UnsupportedError(f"its result '{name}'", place=node.place)
        for name, value in zip(node.writes, results, strict=False):
            self._check_shape(node, name, value)
        return dict(zip(node.writes, results, strict=False))

    def declared(self, node: ProgramNode, name: str) -> Shape | None:
        return self._declared(name)

    def _results(self, node: ProgramNode, operator: str) -> Sequence[Value]:
        """What the tensors that a node writes become."""
        if any(isinstance(self.values[name], SSAValue) for name in node.reads):
            return converted(self._node(node, self.network), CONVERTERS[operator])
        network = Network({})
        alone = self._node(node, network)
        return self._evaluated(alone, network, converted(alone, CONVERTERS[operator]))

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
    if node.target.startswith("higher_order."):
        raise UnsupportedError(OWN_GRAPH, place=node.place)
    raise unknown_operator(node)
