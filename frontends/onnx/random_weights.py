"""Realistic random weights, for a graph that comes without.

A weight is drawn if it is missing or filled with one number; `draws.py` says how.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod

from ..constant import Constant, Value
from ..draws import Draws, Part
from ..tensor_roles import rectified, residual_branches
from .constants import Missing
from .graph import Graph, NamedNode
from .tensor_roles import only_weights, steps


class RandomWeights:
    """Draws the weights of one graph; `drawn` says whether there were any to draw."""

    def __init__(self, seed: int, graph: Graph):
        self._draws = Draws(seed)
        self.drawn = False
        self.weights = only_weights(graph)
        nodes = steps(graph)
        self._damped = residual_branches(nodes, graph.inputs)
        self._rectified = rectified(nodes, graph.inputs)
        self._normalised: set[str] = set()

    def fill(
        self, node: NamedNode, inputs: Sequence[Value | None]
    ) -> list[Value | None]:
        """The inputs of a node, its weights drawn if it has none."""
        filled = list(inputs)
        draw = DRAWS.get(node.operator)
        if draw is not None:
            draw(self, node, filled)
        return filled

    def layer(self, node: NamedNode, inputs: list[Value | None]) -> None:
        """The weight and the bias of a convolution or a matrix product."""
        weight, bias = (*inputs, None, None)[1:3]
        whole = isinstance(weight, Constant) and is_filled(weight)
        if isinstance(weight, Constant) and whole:
            inputs[1] = self._drawn(node, weight, Part.WEIGHT)
        if isinstance(bias, Constant) and (whole or isinstance(bias, Missing)):
            inputs[2] = self._drawn(node, bias, Part.BIAS)

    def batch_norm(self, node: NamedNode, inputs: list[Value | None]) -> None:
        """All statistics: after a layer that was drawn the old ones say nothing."""
        statistics = [value for value in inputs[1:5] if isinstance(value, Constant)]
        if len(statistics) < 4:
            return
        missing = any(isinstance(value, Missing) for value in statistics)
        if not (self.drawn or missing or all(map(is_filled, statistics))):
            return
        self._normalised.add(node.proto.output[0])
        parts = (Part.GAIN, Part.OFFSET, Part.MEAN, Part.VARIANCE)
        inputs[1:5] = [
            self._drawn(node, value, part)
            for value, part in zip(statistics, parts, strict=True)
        ]

    def scale(self, node: NamedNode, inputs: list[Value | None]) -> None:
        """Caffe's Scale: a product, then a sum with a number a channel, normalised."""
        if node.proto.input[0] not in self._normalised:
            return
        number = (*inputs, None)[1]
        if isinstance(number, Constant):
            self._normalised.add(node.proto.output[0])
            part = Part.GAIN if node.operator == "Mul" else Part.OFFSET
            inputs[1] = self._drawn(node, number, part)

    def _drawn(self, node: NamedNode, weight: Constant, part: Part) -> Constant:
        self.drawn = True
        shape = weight.array.shape
        array = self._draws.part(
            weight.name,
            part,
            shape,
            fan_in=fan_in(node, shape),
            rectified=node.proto.input[0] in self._rectified,
            damped=node.proto.output[0] in self._damped,
        )
        return Constant(weight.name, array)


Draw = Callable[[RandomWeights, NamedNode, list[Value | None]], None]

DRAWS: Mapping[str, Draw] = {
    "Conv": RandomWeights.layer,
    "Gemm": RandomWeights.layer,
    "MatMul": RandomWeights.layer,
    "BatchNormalization": RandomWeights.batch_norm,
    "Mul": RandomWeights.scale,
    "Add": RandomWeights.scale,
}


def is_filled(weight: Constant) -> bool:
    """Whether a weight is missing, or all its elements are equal."""
    array = weight.array
    return isinstance(weight, Missing) or bool(
        array.size and (array == array.flat[0]).all()
    )


def fan_in(node: NamedNode, shape: Sequence[int]) -> int:
    """How many products each output of a layer sums up."""
    attributes = {attribute.name: attribute for attribute in node.proto.attribute}
    transposed = "transB" in attributes and attributes["transB"].i
    by_rows = node.operator == "Conv" or transposed
    return max(prod(shape[1:] if by_rows else shape[-2:-1]), 1)
