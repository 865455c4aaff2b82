"""Realistic random weights, for a graph that comes without.

A weight is drawn if it is missing or filled with one number. Convolutions and matrix
products get normal weights: after a relu of variance 2 / fan-in, which makes up for the
half that the relu takes away (He et al. 2015, "Delving deep into rectifiers", eq. 10),
else of 1 / fan-in. Batch norms after them get the statistics of a layer whose outputs
are nearly normal already. A branch that ends in an addition is damped, or a hundred
residual blocks would add up.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod, sqrt

from ..draws import DAMPING, SPREAD, Draws
from .constants import Constant
from .graph import Graph, NamedNode
from .node import Value
from .tensor_roles import only_weights, rectified, residual_branches


class RandomWeights:
    """Draws the weights of one graph; `drawn` says whether there were any to draw."""

    def __init__(self, seed: int, graph: Graph):
        self._draws = Draws(seed)
        self.drawn = False
        self.weights = only_weights(graph)
        self._damped = residual_branches(graph)
        self._rectified = rectified(graph)
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
            power = 2 if node.proto.input[0] in self._rectified else 1
            deviation = sqrt(power / fan_in(node, weight.array.shape))
            inputs[1] = self._normal(weight, 0, deviation * self._damping(node))
        if isinstance(bias, Constant) and (whole or bias.missing):
            inputs[2] = self._normal(bias, 0, SPREAD)

    def batch_norm(self, node: NamedNode, inputs: list[Value | None]) -> None:
        """All statistics: after a layer that was drawn the old ones say nothing."""
        statistics = [value for value in inputs[1:5] if isinstance(value, Constant)]
        if len(statistics) < 4:
            return
        missing = any(value.missing for value in statistics)
        if not (self.drawn or missing or all(map(is_filled, statistics))):
            return
        self._normalised.add(node.proto.output[0])
        damping = self._damping(node)
        gain, offset, mean, variance = statistics
        inputs[1] = self._normal(gain, damping, damping * SPREAD)
        inputs[2] = self._normal(offset, 0, damping * SPREAD)
        inputs[3] = self._normal(mean, 0, SPREAD)
        inputs[4] = self._normal(variance, 1, SPREAD)

    def scale(self, node: NamedNode, inputs: list[Value | None]) -> None:
        """Caffe's Scale: a product, then a sum with a number a channel, normalised."""
        if node.proto.input[0] not in self._normalised:
            return
        number = (*inputs, None)[1]
        if isinstance(number, Constant):
            self._normalised.add(node.proto.output[0])
            mean = 1 if node.operator == "Mul" else 0
            inputs[1] = self._normal(number, mean, SPREAD)

    def _damping(self, node: NamedNode) -> float:
        return DAMPING if node.proto.output[0] in self._damped else 1

    def _normal(self, weight: Constant, mean: float, deviation: float) -> Constant:
        self.drawn = True
        shape = weight.array.shape
        array = self._draws.normal(weight.name, shape, mean, deviation)
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
    return weight.missing or bool(array.size and (array == array.flat[0]).all())


def fan_in(node: NamedNode, shape: Sequence[int]) -> int:
    """How many products each output of a layer sums up."""
    attributes = {attribute.name: attribute for attribute in node.proto.attribute}
    transposed = "transB" in attributes and attributes["transB"].i
    by_rows = node.operator == "Conv" or transposed
    return max(prod(shape[1:] if by_rows else shape[-2:-1]), 1)
