"""Recurrent layers, unrolled: LSTM, GRU and RNN, in layers and both directions.

torch keeps the weights of a layer and direction one after another: of the inputs
[gates * cells, features], of the state [gates * cells, units], then their biases and,
of an LSTM, the projection [units, cells].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant, Value
from ...vocabulary.moving import squeezed, taken
from ...vocabulary.recurrent import Cell, stacked, unroll
from ...vocabulary.recurrent_cells import (
    Activation,
    Gru,
    Lstm,
    SimpleRnn,
    relu,
    reordered,
    tanh,
)
from ..node import Node

LSTM_ORDER = (0, 1, 3, 2)
"""torch has the gates i, f, g, o; a cell has i, f, o, g."""

GRU_ORDER = (1, 0, 2)
"""torch has the gates r, z, n; a cell has z, r, n."""


@dataclass(frozen=True)
class Weights:
    """The weights of a layer and direction."""

    inputs: np.ndarray
    state: np.ndarray
    input_bias: np.ndarray
    state_bias: np.ndarray
    projection: np.ndarray | None


def lstm(node: Node) -> list[SSAValue]:
    states = node.values_of("hx")
    return _layers(node, states, _lstm_cell)


def gru(node: Node) -> list[SSAValue]:
    return _layers(node, [node.value("hx")], _gru_cell)


def rnn(activation: Activation) -> Callable[[Node], list[SSAValue]]:
    def cell(weights: Weights) -> Cell:
        bias = weights.input_bias + weights.state_bias
        return SimpleRnn(weights.inputs, bias, weights.state, inf, activation)

    return lambda node: _layers(node, [node.value("hx")], cell)


def _lstm_cell(weights: Weights) -> Cell:
    return Lstm(
        weight=reordered(weights.inputs, LSTM_ORDER),
        bias=reordered(weights.input_bias + weights.state_bias, LSTM_ORDER),
        recurrence=reordered(weights.state, LSTM_ORDER),
        projection=weights.projection,
    )


def _gru_cell(weights: Weights) -> Cell:
    """The reset gate acts after the product with the state, and after its bias."""
    gates, candidate = np.split(weights.state_bias, [len(weights.state_bias) // 3 * 2])
    recurrent = np.concatenate([gates, np.zeros_like(candidate)])
    return Gru(
        weight=reordered(weights.inputs, GRU_ORDER),
        bias=reordered(weights.input_bias + recurrent, GRU_ORDER),
        recurrence=reordered(weights.state, GRU_ORDER),
        reset_bias=candidate,
    )


def _layers(
    node: Node, initial: Sequence[Value], cell: Callable[[Weights], Cell]
) -> list[SSAValue]:
    """All layers: [T, N, D * C], or the batch first; then the states [L * D, N, C]."""
    if node.flag("train", False) and node.real("dropout", 0.0):
        raise node.unsupported("dropout as in training: call module.eval() first")
    node.ignore("dropout")
    layers, both = node.integer("num_layers"), node.flag("bidirectional", False)
    batch_first = node.flag("batch_first", False)
    sequence = node.tensor("input")
    if len(nn.shape(sequence)) != 3:
        raise node.wrong(f"a sequence of rank {len(nn.shape(sequence))}, expected 3")
    if batch_first:
        sequence = node.emit(nn.TransposeOp(sequence, (1, 0, 2)))
    weights = _weights(node, layers * (2 if both else 1))
    last: list[list[SSAValue]] = [[] for _ in initial]
    for _ in range(layers):
        outputs: list[SSAValue] = []
        for reverse in (False, True)[: 2 if both else 1]:
            number = len(last[0])
            unrolled = unroll(
                node,
                f"{node.name}/{number}",
                cell(weights[number]),
                sequence,
                tuple(_state(node, state, number) for state in initial),
                reverse=reverse,
            )
            outputs.append(stacked(node, unrolled.steps))
            for states, state in zip(last, unrolled.state, strict=True):
                states.append(state)
        sequence = outputs[0]
        if both:
            sequence = node.emit(nn.ConcatOp(outputs, 2))
    if batch_first:
        sequence = node.emit(nn.TransposeOp(sequence, (1, 0, 2)))
    return [sequence, *(stacked(node, states) for states in last)]


def _weights(node: Node, count: int) -> list[Weights]:
    """The weights of all layers and directions."""
    arrays: list[np.ndarray] = []
    for value in node.values_of("params"):
        if not isinstance(value, Constant):
            raise node.unsupported("weights that are computed")
        arrays.append(value.array)
    biased = node.flag("has_biases", True)
    plain = 4 if biased else 2
    if count < 1 or len(arrays) not in (count * plain, count * (plain + 1)):
        raise node.wrong(f"{len(arrays)} weights for {count} layers and directions")
    share = len(arrays) // count
    found: list[Weights] = []
    for start in range(0, len(arrays), share):
        inputs, state, *rest = arrays[start : start + share]
        if inputs.ndim != 2 or state.ndim != 2 or len(inputs) != len(state):
            raise node.wrong(f"weights {list(inputs.shape)} and {list(state.shape)}")
        zeros = np.zeros(len(inputs), np.float32)
        input_bias, state_bias = rest[:2] if biased else (zeros, zeros)
        projection = rest[-1] if share > plain else None
        found.append(Weights(inputs, state, input_bias, state_bias, projection))
    return found


def _state(node: Node, states: Value, number: int) -> SSAValue | None:
    """The state before the first step, [N, C]; None for zeros."""
    if isinstance(states, Constant) and not states.array.any():
        return None
    state = taken(node, node.operand(states), {0: range(number, number + 1)})
    return squeezed(node, state, [0])


CONVERTERS = {
    "lstm": lstm,
    "gru": gru,
    "rnn_tanh": rnn(tanh),
    "rnn_relu": rnn(relu),
}
