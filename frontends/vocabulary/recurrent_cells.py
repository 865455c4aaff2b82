"""One step of an LSTM, a GRU and a simple recurrent layer, as functions of `nn`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter
from .recurrent import State, Step, part

Activation = Callable[[Emitter, SSAValue], SSAValue]


def sigmoid(node: Emitter, value: SSAValue) -> SSAValue:
    return node.emit(nn.SigmoidOp(value))


def tanh(node: Emitter, value: SSAValue) -> SSAValue:
    return node.emit(nn.TanhOp(value))


def relu(node: Emitter, value: SSAValue) -> SSAValue:
    return node.emit(nn.ClampOp(value, 0.0, inf))


def reordered(array: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """The gates, parts of equal size along the first axis, in another order."""
    parts = np.split(array, len(order))
    return np.concatenate([parts[number] for number in order])


def clipped(node: Emitter, value: SSAValue, bound: float) -> SSAValue:
    """Not further than `bound` from 0."""
    return value if bound == inf else node.emit(nn.ClampOp(value, -bound, bound))


@dataclass(frozen=True)
class Lstm:
    """A long short-term memory; its state is h and c.

        [i f o g] = weight x + bias + recurrence h
        i' = sigmoid(i + peephole[0] * c)
        f' = sigmoid(f + peephole[1] * c)      or 1 - i', if `coupled`
        c' = f' * c + i' * tanh(g)
        o' = sigmoid(o + peephole[2] * c')
        h' = projection (o' * tanh(c')) + projection_bias

    weight [4 * cells, features], bias [4 * cells], recurrence [4 * cells, units],
    peephole [3, cells], projection [units, cells], projection_bias [units]; without a
    projection units are cells. The gates before their activations, c' and h' stay
    within `gate_clip`, `cell_clip` and `projection_clip` of 0.

    Sources: Gers, Schraudolph and Schmidhuber 2002; Sak, Senior and Beaufays 2014.
    """

    weight: np.ndarray
    bias: np.ndarray
    recurrence: np.ndarray
    peephole: np.ndarray | None = None
    projection: np.ndarray | None = None
    projection_bias: np.ndarray | None = None
    coupled: bool = False
    gate_clip: float = inf
    cell_clip: float = inf
    projection_clip: float = inf
    gate: Activation = sigmoid
    candidate: Activation = tanh
    output: Activation = tanh

    def step(self, node: Emitter, key: str) -> Step:
        cells = len(self.bias) // 4
        recurrent = _product(node, f"{key}/recurrence", self.recurrence)
        look_i, look_f, look_o = self._peepholes(node, key)
        project = self._projection(node, key)

        def run(at: Emitter, inputs: SSAValue, state: State) -> tuple[SSAValue, ...]:
            hidden, cell = state
            gates = _sum(at, inputs, hidden, recurrent)
            i, f, o, g = (
                part(at, gates, 1, range(start, start + cells))
                for start in range(0, 4 * cells, cells)
            )
            i = self._gate(at, look_i(at, i, cell))
            g = self.candidate(at, clipped(at, g, self.gate_clip))
            new = at.emit(nn.MulOp(i, g))
            if cell is not None:
                f = self._forget(at, look_f(at, f, cell), i)
                new = at.emit(nn.AddOp(at.emit(nn.MulOp(f, cell)), new))
            new = clipped(at, new, self.cell_clip)
            o = self._gate(at, look_o(at, o, new))
            return project(at, at.emit(nn.MulOp(o, self.output(at, new)))), new

        return run

    def _gate(self, at: Emitter, value: SSAValue) -> SSAValue:
        return self.gate(at, clipped(at, value, self.gate_clip))

    def _forget(self, at: Emitter, forget: SSAValue, update: SSAValue) -> SSAValue:
        return _complement(at, update) if self.coupled else self._gate(at, forget)

    def _peepholes(
        self, node: Emitter, key: str
    ) -> list[Callable[[Emitter, SSAValue, SSAValue | None], SSAValue]]:
        """For i, f and o: what they become by a look at the cell."""
        if self.peephole is None:
            return [lambda at, value, cell: value] * 3
        rows = [
            node.weight(f"{key}/peephole_{gate}", row)
            for gate, row in zip("ifo", self.peephole, strict=True)
        ]
        return [_peephole(row) for row in rows]

    def _projection(
        self, node: Emitter, key: str
    ) -> Callable[[Emitter, SSAValue], SSAValue]:
        if self.projection is None:
            return lambda at, value: value
        matrix, bias = self.projection, self.projection_bias
        project = _product(node, f"{key}/projection", matrix, bias)
        return lambda at, value: clipped(at, project(at, value), self.projection_clip)


@dataclass(frozen=True)
class Gru:
    """A gated recurrent unit; its state is h.

        [z r n] = weight x + bias
        z' = sigmoid(z + recurrence[z] h)
        r' = sigmoid(r + recurrence[r] h)
        n' = tanh(n + recurrence[n] (r' * h))
        h' = n' + z' * (h - n')

    weight [3 * cells, features], bias [3 * cells], recurrence [3 * cells, cells].
    A `reset_bias` [cells] says that r' acts after the product instead:

        n' = tanh(n + r' * (recurrence[n] h + reset_bias))

    Sources: Cho et al. 2014, arXiv 1406.1078 version 1 (after) and 3 (before).
    """

    weight: np.ndarray
    bias: np.ndarray
    recurrence: np.ndarray
    reset_bias: np.ndarray | None = None
    gate_clip: float = inf
    gate: Activation = sigmoid
    candidate: Activation = tanh

    def step(self, node: Emitter, key: str) -> Step:
        cells = len(self.bias) // 3
        gates, last = np.split(self.recurrence, [2 * cells])
        gated = _product(node, f"{key}/recurrence_gates", gates)
        candidate = _product(node, f"{key}/recurrence_new", last, self.reset_bias)
        bias = None
        if self.reset_bias is not None:
            bias = node.weight(f"{key}/recurrence_new/bias", self.reset_bias)

        def reset(at: Emitter, r: SSAValue, hidden: SSAValue | None) -> SSAValue | None:
            if hidden is None:
                return None if bias is None else at.emit(nn.MulOp(r, bias))
            if bias is None:
                return candidate(at, at.emit(nn.MulOp(r, hidden)))
            return at.emit(nn.MulOp(r, candidate(at, hidden)))

        def run(at: Emitter, inputs: SSAValue, state: State) -> tuple[SSAValue, ...]:
            (hidden,) = state
            both = part(at, inputs, 1, range(2 * cells))
            both = _sum(at, both, hidden, gated)
            both = self.gate(at, clipped(at, both, self.gate_clip))
            z = part(at, both, 1, range(cells))
            r = part(at, both, 1, range(cells, 2 * cells))
            new = part(at, inputs, 1, range(2 * cells, 3 * cells))
            recurrent = reset(at, r, hidden)
            if recurrent is not None:
                new = at.emit(nn.AddOp(new, recurrent))
            new = self.candidate(at, clipped(at, new, self.gate_clip))
            if hidden is None:
                return (at.emit(nn.MulOp(_complement(at, z), new)),)
            kept = at.emit(nn.MulOp(z, at.emit(nn.SubOp(hidden, new))))
            return (at.emit(nn.AddOp(new, kept)),)

        return run


@dataclass(frozen=True)
class SimpleRnn:
    """A recurrent cell without gates; its state is h.

        h' = activation(weight x + bias + recurrence h)

    weight [cells, features], bias [cells], recurrence [cells, cells].

    Source: Elman 1990.
    """

    weight: np.ndarray
    bias: np.ndarray
    recurrence: np.ndarray
    clip: float = inf
    activation: Activation = tanh

    def step(self, node: Emitter, key: str) -> Step:
        recurrent = _product(node, f"{key}/recurrence", self.recurrence)

        def run(at: Emitter, inputs: SSAValue, state: State) -> tuple[SSAValue, ...]:
            total = _sum(at, inputs, state[0], recurrent)
            return (self.activation(at, clipped(at, total, self.clip)),)

        return run


def _product(
    node: Emitter, key: str, weight: np.ndarray, bias: np.ndarray | None = None
) -> Callable[[Emitter, SSAValue], SSAValue]:
    """`weight x + bias` as a function of x; every step reads the same weight."""
    zeros = np.zeros(len(weight), np.float32)
    matrix = node.weight(key, weight)
    offset = node.weight(f"{key}/bias", zeros if bias is None else bias)
    return lambda at, value: at.emit(nn.FullyConnectedOp(value, matrix, offset))


def _sum(
    at: Emitter,
    inputs: SSAValue,
    hidden: SSAValue | None,
    recurrent: Callable[[Emitter, SSAValue], SSAValue],
) -> SSAValue:
    """What enters the gates: without a state the inputs alone."""
    if hidden is None:
        return inputs
    return at.emit(nn.AddOp(inputs, recurrent(at, hidden)))


def _peephole(
    weight: SSAValue,
) -> Callable[[Emitter, SSAValue, SSAValue | None], SSAValue]:
    def look(at: Emitter, value: SSAValue, cell: SSAValue | None) -> SSAValue:
        if cell is None:
            return value
        return at.emit(nn.AddOp(value, at.emit(nn.MulOp(cell, weight))))

    return look


def _complement(at: Emitter, value: SSAValue) -> SSAValue:
    """`1 - value`."""
    one = at.weight("one", np.array(1.0))
    return at.emit(nn.SubOp(one, value))
