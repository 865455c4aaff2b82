"""From ONNX nodes to `nn` operators.

A node on constants is computed on the spot. One that `nn` cannot say is left to the
host; one that this cannot compute either is not supported.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import onnx.defs
from onnx import NodeProto
from xdsl.dialects.builtin import f32
from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.nn.shapes import Shape
from ...dialects.quant import UniformType, quantisation
from ...errors import UnsupportedError
from ..constant import Constant, Value
from ..conversion import Conversion as AnyConversion
from ..conversion import converted, unknown_operator
from ..fixed_inputs import fix_options
from ..input_shapes import Batch, fits, shape_text
from ..network import Network
from ..refusals import OWN_GRAPH
from . import sequences
from .constants import OF_SHAPES, evaluate, read_initialiser
from .graph import Graph, NamedNode, small_inputs
from .host_nodes import elements, empty_results, host_node, is_for_the_host
from .inlining import RUNNING, key_of
from .input_shapes import declared_extents
from .integers import dequantised_constant, signed
from .node import Node
from .operators import CONVERTERS, quantised
from .random_weights import RandomWeights
from .shape_inference import infer_shapes
from .stored_inputs import stored_inputs
from .turns import Turns, UnknownError

AT_RANDOM = "it draws at random, and the network must give one result"

REFUSED = {
    "Bernoulli": AT_RANDOM,
    "Multinomial": AT_RANDOM,
    "RandomNormal": AT_RANDOM,
    "RandomNormalLike": AT_RANDOM,
    "RandomUniform": AT_RANDOM,
    "RandomUniformLike": AT_RANDOM,
}
"""Operators that are not even computed on constants, and why."""


class Conversion(AnyConversion[NamedNode]):
    """Fills a network with the operators and the weights of a graph."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape],
        batch: Batch,
        folder: Path,
        random: RandomWeights | None,
    ):
        stored = stored_inputs(graph)
        kinds = {
            name: f32 if name in stored else k for name, k in elements(graph).items()
        }
        super().__init__(Network(shapes, kinds, stored))
        self.graph = graph
        self.shapes = shapes
        self.batch = batch
        self.folder = folder
        self.random = random
        for name, element in stored.items():
            quantised_input = nn.QuantiseOp(self.network.inputs[name], signed(element))
            self.values[name] = self.network.emit(quantised_input, name)
        self.turns: dict[str, int] = {}
        self.sequences: dict[str, sequences.Elements] = {}

    def run(
        self, nodes: Iterable[NamedNode], ends: Sequence[str]
    ) -> dict[str, SSAValue]:
        outputs = super().run(nodes, ends)
        self._tell_other_shapes(outputs)
        return outputs

    def known_turns(self) -> dict[str, int]:
        """How often nodes run graphs of their own, by constants and shapes."""
        self.convert(self.graph.nodes)
        return self.turns

    def _tell_other_shapes(self, outputs: Mapping[str, SSAValue]) -> None:
        """Warn of outputs whose shapes are not what the file declares.

        Unless the user has changed the shape of an input.
        """
        declared = {
            name: declared_extents(type_proto)
            for name, type_proto in self.graph.declared.items()
        }
        if not all(
            fits(shape, declared.get(name)) for name, shape in self.shapes.items()
        ):
            return
        for name, value in outputs.items():
            said, found = declared.get(name), nn.shape(value)
            if said is not None and not fits(found, said):
                self.network.warnings.add(
                    f"the file declares the shape {shape_text(said)}, it has "
                    f"{shape_text(found)}",
                    f"output '{name}'",
                )

    def check_known(self, node: NamedNode) -> None:
        if node.operator in RUNNING:
            with suppress(UnsupportedError):
                self._of_own_graph(node)
        if not is_known(node):
            raise unknown_operator(node)

    def results(self, node: NamedNode) -> Mapping[str, Value]:
        inputs = [self._input(name) for name in node.proto.input]
        if self._of_sequence(node):
            return self._of_elements(node, inputs)
        return self._results(node, inputs)

    def declared(self, node: NamedNode, name: str) -> Shape | None:
        computed = any(isinstance(self.values.get(n), SSAValue) for n in node.reads)
        if computed and not self._of_sequence(node):
            return self.inferred.get(name)
        return None

    def _of_sequence(self, node: NamedNode) -> bool:
        """Whether a node reads or writes a sequence of tensors."""
        if node.operator in RUNNING:
            return False
        reads = not self.sequences.keys().isdisjoint(node.proto.input)
        return reads or node.operator in sequences.CONVERTERS.keys() - CONVERTERS.keys()

    def _of_elements(
        self, node: NamedNode, inputs: Sequence[Value | None]
    ) -> Mapping[str, Value]:
        """What such a node writes: one tensor; or one sequence, which is none."""
        converter = sequences.CONVERTERS.get(node.operator)
        given = self._node(node, inputs)
        names = [name for name in node.reads if name in self.sequences]
        if converter is None or len(node.proto.output) != 1:
            raise given.unsupported(f"'{names[0]}' is a sequence of tensors")
        elements = self.sequences[names[0]] if names else []
        (name,) = node.proto.output
        try:
            with self.network.all_or_nothing():
                result = converter(given, elements)
        except VerifyException as error:
            raise given.wrong(str(error)) from error
        if isinstance(result, SSAValue | Constant):
            return {name: result}
        self.sequences[name] = result
        return {}

    def _results(
        self, node: NamedNode, inputs: Sequence[Value | None]
    ) -> Mapping[str, Value]:
        """What the outputs of a node become."""
        if node.operator in RUNNING:
            raise self._of_own_graph(node)
        if node.operator in REFUSED:
            raise UnsupportedError(REFUSED[node.operator], place=node.place)
        computed = [value for value in inputs if isinstance(value, SSAValue)]
        if not computed:
            constants = [value for value in inputs if not isinstance(value, SSAValue)]
            results = self._known(node, constants)
            return {constant.name: constant for constant in results}
        if node.operator in OF_SHAPES:
            constant = OF_SHAPES[node.operator](node, nn.shape(computed[0]))
            return {constant.name: constant}
        if self.random is not None:
            inputs = self.random.fill(node, inputs)
        given = self._node(node, inputs)
        if may_be_empty(given):
            empty = empty_results(given, self.graph.opset_imports)
            if empty is not None:
                return {constant.name: constant for constant in empty}
        if is_for_the_host(given, CONVERTERS):
            return self._on_host(given)
        try:
            with self.network.all_or_nothing():
                return dict(zip(node.proto.output, self._emit(given), strict=False))
        except UnsupportedError as refusal:
            try:
                return self._on_host(given, refusal.message)
            except UnsupportedError:
                raise refusal from None

    def _of_own_graph(self, node: NamedNode) -> UnsupportedError:
        """A node that still runs a graph of its own; how often it does is kept."""
        try:
            turns = Turns(self._found, self.graph.opset_imports, self.folder)
            self.turns[key_of(node.proto)] = turns.of(node)
            return UnsupportedError(OWN_GRAPH, place=node.place)
        except UnknownError as unknown:
            fixable = small_inputs(self.graph, unknown.name, self.shapes)
            what = "which branch it takes" if node.operator == "If" else "when it ends"
            return UnsupportedError(
                f"{what} depends on '{unknown.name}', which is computed",
                place=node.place,
                remedy=f"fix what that depends on: {fix_options(fixable)}"
                if fixable
                else "",
            )

    def _found(self, name: str) -> Value | None:
        """What a tensor has become, as far as it has."""
        if name in self.values or name in self.graph.initialisers:
            return self.value(name)
        return None

    def _known(
        self, node: NamedNode, inputs: Sequence[Constant | None]
    ) -> Sequence[Constant]:
        """The results of a node on constants."""
        if node.operator == "DequantizeLinear":
            found = dequantised_constant(node, inputs)
            if found is not None:
                return [found]
        results = evaluate(node, inputs, self.graph.opset_imports)
        if node.operator == "Transpose" and inputs[0] and inputs[0].steps is not None:
            steps = Constant("", inputs[0].steps)
            (moved,) = evaluate(node, [steps], self.graph.opset_imports)
            return [replace(results[0], steps=moved.array)]
        return results

    def _emit(self, node: Node) -> Sequence[Value]:
        element = _moved_type(node)
        results = converted(node, CONVERTERS[node.operator])
        if element is not None:
            results = [
                node.emit(nn.QuantiseOp(value, element))
                for value in results
                if isinstance(value, SSAValue)
            ]
        for name in node.proto.output[len(results) :]:
            if name in self.read:
                raise node.unsupported(f"its output '{name}'")
        return results

    def _on_host(self, node: Node, because: str | None = None) -> Mapping[str, Value]:
        """What the outputs of a node become if onnx itself is to compute them."""
        names = filter(None, node.proto.output)
        results = host_node(node, self.graph.opset_imports, because)
        return dict(zip(names, results, strict=True))

    def _node(self, node: NamedNode, inputs: Sequence[Value | None]) -> Node:
        return Node(
            network=self.network,
            name=node.name,
            operator=node.operator,
            proto=node.proto,
            inputs=inputs,
            opset=self.graph.opset,
            batch=self.batch,
        )

    def _input(self, name: str) -> Value | None:
        """What a node reads; None for nothing, and for a sequence of tensors."""
        return self.value(name) if name and name not in self.sequences else None

    def value(self, name: str) -> Value:
        """What a tensor has become; initialisers are read when they are needed."""
        if name not in self.values:
            may_miss = self.random is not None and name in self.random.weights
            self.values[name] = read_initialiser(
                self.graph.initialisers[name], self.folder, may_miss=may_miss
            )
        return self.values[name]

    def output(self, name: str) -> SSAValue:
        if name in self.sequences:
            raise UnsupportedError(
                "it is a sequence of tensors",
                place=f"output '{name}'",
                remedy="cut the graph before the sequence is made",
            )
        value = self.value(name)
        if isinstance(value, SSAValue) and quantisation(value) is None:
            return value
        return self._node(NamedNode(name, NodeProto()), [value]).tensor(0)

    @cached_property
    def read(self) -> set[str]:
        """The tensors that somebody reads."""
        inputs = (name for node in self.graph.nodes for name in node.reads)
        return {*inputs, *self.graph.outputs}

    @cached_property
    def inferred(self) -> Mapping[str, Shape]:
        """The shapes of tensors as onnx infers them."""
        return infer_shapes(
            [node.proto for node in self.graph.nodes],
            self.graph.opset_imports,
            self.graph.initialisers,
            self.shapes,
        )


def _moved_type(node: Node) -> UniformType | None:
    """The integers that a node moves; None if it works on reals, or takes scales.

    Raises:
        UnsupportedError: it computes with the integers as such, or mixes their types.
    """
    computed = [value for value in node.inputs if isinstance(value, SSAValue)]
    elements = {quantisation(value) for value in computed}
    if elements == {None} or node.operator in quantised.CONVERTERS:
        return None
    if node.operator not in quantised.MOVING or len(elements) > 1:
        raise node.unsupported("it computes with integers, whatever they stand for")
    return elements.pop()


CHOOSING = {"Expand", "Gather", "Pad", "Slice", "Tile"}
"""Operators that may choose no elements of a tensor that has some."""


def may_be_empty(node: Node) -> bool:
    """Whether the results of a node may have no elements."""
    constants = (value for value in node.inputs if isinstance(value, Constant))
    return node.operator in CHOOSING or any(each.array.size == 0 for each in constants)


def is_known(node: NamedNode) -> bool:
    """Whether there is a converter for such nodes, or onnx could run them."""
    return node.operator in CONVERTERS or onnx.defs.has(
        node.proto.op_type, node.proto.domain
    )
