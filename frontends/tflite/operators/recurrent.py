"""Recurrent layers, unrolled."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn.shapes import Shape
from ...network import Emitter
from ...vocabulary.recurrent import State, Step, stacked, unroll
from ...vocabulary.recurrent_cells import Activation, Lstm, relu, tanh
from ..graph import Quantisation
from ..node import Node
from ..pinning import pinned

GATES = {"i": 0, "f": 1, "c": 2, "o": 3}
WEIGHTS, RECURRENCE, BIASES, NORMS = 1, 5, 12, 20
"""Which input is that of the gate i; those of f, c and o come after."""

PEEPHOLES = {"i": 9, "f": 10, "o": 11}
PROJECTION, PROJECTION_BIAS = 16, 17


def unidirectional_sequence_lstm(node: Node) -> SSAValue:
    """Steps come first or, by default, second; the state before them is all zeros."""
    if any(node.has(NORMS + gate) for gate in GATES.values()):
        raise node.unsupported("a normalisation inside of the layer")
    sequence = node.tensor(0)
    if len(nn.shape(sequence)) != 3:
        raise node.wrong(f"a sequence of the shape {list(nn.shape(sequence))}")
    time_major = node.integer("TimeMajor", 0)
    if not time_major:
        sequence = node.emit(nn.TransposeOp(sequence, (1, 0, 2)))
    cell = _Pinned(_lstm(node, nn.shape(sequence)[2]), node.results[0].quantisation)
    layer = unroll(node, node.name, cell, sequence, (None, None))
    ofm = stacked(node, layer.steps)
    return ofm if time_major else node.emit(nn.TransposeOp(ofm, (1, 0, 2)))


@dataclass(frozen=True)
class _Pinned:
    """An LSTM whose hidden state takes the integers of the layer's result."""

    cell: Lstm
    quantisation: Quantisation | None

    @property
    def weight(self) -> np.ndarray:
        return self.cell.weight

    @property
    def bias(self) -> np.ndarray:
        return self.cell.bias

    def step(self, node: Emitter, key: str) -> Step:
        plain, quantisation = self.cell.step(node, key), self.quantisation
        if quantisation is None:
            return plain

        def run(at: Emitter, inputs: SSAValue, state: State) -> tuple[SSAValue, ...]:
            hidden, cell = plain(at, inputs, state)
            return pinned(at, hidden, quantisation, unsigned=False), cell

        return run


def _lstm(node: Node, features: int) -> Lstm:
    coupled = not node.has(WEIGHTS)
    activation = _activation(node)
    cells = _rows(node, BIASES + GATES["f"])
    projected = node.has(PROJECTION)
    units = _rows(node, PROJECTION) if projected else cells
    with_bias = node.has(PROJECTION_BIAS)
    return Lstm(
        _gates(node, WEIGHTS, (cells, features), coupled),
        _gates(node, BIASES, (cells,), coupled),
        _gates(node, RECURRENCE, (cells, units), coupled),
        _peepholes(node, cells, coupled),
        _reals(node, PROJECTION, (units, cells)) if projected else None,
        _reals(node, PROJECTION_BIAS, (units,)) if with_bias else None,
        coupled=coupled,
        cell_clip=node.real("CellClip") or inf,
        projection_clip=node.real("ProjClip") or inf,
        candidate=activation,
        output=activation,
    )


def _rows(node: Node, position: int) -> int:
    extents = node.shape(position)
    if not extents:
        raise node.wrong(f"its input {position} is a scalar")
    return extents[0]


def _gates(node: Node, first: int, shape: Shape, coupled: bool) -> np.ndarray:
    """The rows of i, f, o and the candidate, in the order of `Lstm`.

    A layer without i takes 1 - sigmoid(f) for it, which is sigmoid(-f).
    """
    rows = {
        gate: _reals(node, first + number, shape)
        for gate, number in GATES.items()
        if gate != "i" or not coupled
    }
    if coupled:
        rows["i"] = -rows["f"]
    return np.concatenate([rows[gate] for gate in "ifoc"])


def _peepholes(node: Node, cells: int, coupled: bool) -> np.ndarray | None:
    if not node.has(PEEPHOLES["f"]):
        return None
    forget, output = (_reals(node, PEEPHOLES[gate], (cells,)) for gate in "fo")
    update = -forget if coupled else _reals(node, PEEPHOLES["i"], (cells,))
    return np.stack([update, forget, output])


def _reals(node: Node, position: int, shape: Shape) -> np.ndarray:
    found = node.constant(position)
    if found.array.shape != shape:
        raise node.wrong(
            f"'{found.name}' has the shape {list(found.array.shape)}, "
            f"expected {list(shape)}"
        )
    return found.reals


def _activation(node: Node) -> Activation:
    name = node.text("FusedActivationFunction")
    if name not in ACTIVATIONS:
        raise node.unsupported(f"the activation {name}")
    return ACTIVATIONS[name]


ACTIVATIONS: Mapping[str, Activation] = {"TANH": tanh, "RELU": relu}

CONVERTERS = {"UNIDIRECTIONAL_SEQUENCE_LSTM": unidirectional_sequence_lstm}
