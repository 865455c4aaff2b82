"""Recurrent operators, unrolled: LSTM, GRU and RNN."""

from collections.abc import Callable, Mapping, Sequence
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary import moving
from ...vocabulary.recurrent import Cell, unroll_each
from ...vocabulary.recurrent_cells import Activation, Gru, Lstm, SimpleRnn, reordered
from ..activations import activations
from ..node import Node

LSTM_ORDER = (0, 2, 1, 3)
"""ONNX has the gates i, o, f, g; a cell has i, f, o, g."""


REVERSED: Mapping[str, Sequence[bool]] = {
    "forward": (False,),
    "reverse": (True,),
    "bidirectional": (False, True),
}
"""For each direction of an operator, whether it reads from the end."""


def lstm(node: Node) -> list[SSAValue]:
    """Weight [D, 4 C, F], recurrence [D, 4 C, C], peephole [D, 3 C] as i, o, f."""
    coupled = bool(node.integer("input_forget", 0))
    clip = node.real("clip", inf)
    peepholes = node.constant(7).array if node.has(7) else None

    def cell(
        direction: int, weight: np.ndarray, bias: np.ndarray, recurrence: np.ndarray
    ) -> Cell:
        gate, candidate, output = _activations(node, direction, "sigmoid tanh tanh")
        peephole = None
        if peepholes is not None:
            peephole = reordered(peepholes[direction], (0, 2, 1)).reshape(3, -1)
        halves = np.split(bias, 2)
        return Lstm(
            weight=reordered(weight, LSTM_ORDER),
            bias=reordered(halves[0] + halves[1], LSTM_ORDER),
            recurrence=reordered(recurrence, LSTM_ORDER),
            peephole=peephole,
            coupled=coupled,
            gate_clip=clip,
            gate=gate,
            candidate=candidate,
            output=output,
        )

    return _layer(node, 4, cell, initial=(5, 6))


def gru(node: Node) -> list[SSAValue]:
    """Gates z, r, h, as a cell has them."""
    after = bool(node.integer("linear_before_reset", 0))
    clip = node.real("clip", inf)

    def cell(
        direction: int, weight: np.ndarray, bias: np.ndarray, recurrence: np.ndarray
    ) -> Cell:
        gate, candidate = _activations(node, direction, "sigmoid tanh")
        inputs, recurrent = np.split(bias, 2)
        gates, candidate_bias = np.split(recurrent, [len(recurrent) // 3 * 2])
        if after:
            recurrent = np.concatenate([gates, np.zeros_like(candidate_bias)])
        return Gru(
            weight=weight,
            bias=inputs + recurrent,
            recurrence=recurrence,
            reset_bias=candidate_bias if after else None,
            gate_clip=clip,
            gate=gate,
            candidate=candidate,
        )

    return _layer(node, 3, cell, initial=(5,))


def rnn(node: Node) -> list[SSAValue]:
    clip = node.real("clip", inf)

    def cell(
        direction: int, weight: np.ndarray, bias: np.ndarray, recurrence: np.ndarray
    ) -> Cell:
        (activation,) = _activations(node, direction, "tanh")
        inputs, recurrent = np.split(bias, 2)
        return SimpleRnn(weight, inputs + recurrent, recurrence, clip, activation)

    return _layer(node, 1, cell, initial=(5,))


def _layer(
    node: Node,
    gates: int,
    cell: Callable[[int, np.ndarray, np.ndarray, np.ndarray], Cell],
    initial: Sequence[int],
) -> list[SSAValue]:
    """All directions: Y [T, D, N, C], then the last states [D, N, C].

    With `layout` 1 the batch goes first: [N, T, D, C] and [N, D, C].
    """
    weights, recurrences = node.constant(1), node.constant(2)
    directions, _, cells = _shape(node, recurrences.array)
    node.ignore("hidden_size", "output_sequence")
    name = node.text("direction", "forward")
    if name not in REVERSED or len(REVERSED[name]) != directions:
        raise node.wrong(f"a direction '{name}' with weights for {directions}")
    batch_first = bool(node.integer("layout", 0))
    sequence = node.tensor(0)
    if batch_first:
        sequence = node.emit(nn.TransposeOp(sequence, (1, 0, 2)))
    lengths = _lengths(node, nn.shape(sequence))
    biases = np.zeros((directions, 2 * gates * cells), np.float32)
    if node.has(3):
        biases = node.constant(3).array
    layers = [
        unroll_each(
            node,
            f"{weights.name}/{direction}",
            cell(
                direction,
                weights.array[direction],
                biases[direction],
                recurrences.array[direction],
            ),
            sequence,
            tuple(_initial(node, at, direction, batch_first) for at in initial),
            lengths,
            reverse=reverse,
        )
        for direction, reverse in enumerate(REVERSED[name])
    ]
    outputs = [_joined(node, [hidden for hidden, _ in layers], 1)]
    for states in zip(*(state for _, state in layers), strict=True):
        outputs.append(_joined(node, states, 0))
    if batch_first:
        turns = ((2, 0, 1, 3), (1, 0, 2), (1, 0, 2))
        return [
            node.emit(nn.TransposeOp(value, turn))
            for value, turn in zip(outputs, turns, strict=False)
        ]
    return outputs


def _shape(node: Node, recurrences: np.ndarray) -> tuple[int, int, int]:
    if recurrences.ndim != 3:
        raise node.wrong(f"a recurrence weight of rank {recurrences.ndim}, expected 3")
    directions, rows, cells = recurrences.shape
    return directions, rows, cells


def _lengths(node: Node, sequence: Sequence[int]) -> list[int] | None:
    """How many steps each sequence of the batch has; None for all of them."""
    if len(sequence) != 3:
        raise node.wrong(f"a sequence of rank {len(sequence)}, expected 3")
    if not node.has(4):
        return None
    steps, batch, _ = sequence
    lengths = node.constant_integers(4)
    if len(lengths) != batch or not 0 <= min(lengths) <= max(lengths) <= steps:
        raise node.wrong(f"lengths {lengths} of {batch} sequences of {steps} steps")
    if min(lengths) == 0:
        raise node.unsupported("a sequence without any step")
    return lengths


def _initial(
    node: Node, position: int, direction: int, batch_first: bool
) -> SSAValue | None:
    """The state before the first step, [N, C]; None for zeros."""
    if not node.has(position):
        return None
    axis = 1 if batch_first else 0
    states = moving.taken(
        node, node.tensor(position), {axis: range(direction, direction + 1)}
    )
    return moving.squeezed(node, states, [axis])


def _joined(node: Node, values: Sequence[SSAValue], axis: int) -> SSAValue:
    """Values of all directions, along a new axis."""
    return node.operand(moving.stacked(node, values, axis))


def _activations(node: Node, direction: int, default: str) -> list[Activation]:
    """The activations of one direction, in the order of the operator.

    Their parameters are those of all directions, one after another.
    """
    count = len(default.split())
    given = node.texts("activations") or default.split() * (direction + 1)
    alphas, betas = (node.reals(f"activation_{name}") for name in ("alpha", "beta"))
    try:
        found = activations(given, alphas, betas)[direction * count :][:count]
    except KeyError:
        raise node.unsupported(f"the activations {given}") from None
    if len(found) != count:
        raise node.wrong(f"the activations {given}, expected {count} a direction")
    return found


CONVERTERS = {
    "LSTM": lstm,
    "GRU": gru,
    "RNN": rnn,
}
