"""Recurrent layers, unrolled: how steps follow another; `recurrent_cells` has one step.

Sequences are [steps, batch, features]. A frontend brings the weights of its format into
the order that a cell has them in, and calls `unroll` once for each direction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..limits import MOST_PARTS
from ..network import Emitter
from .moving import gathered, joined, reshaped, taken
from .padding import padded

State = tuple[SSAValue | None, ...]
"""What a step hands to the next, the hidden state first; None is all zeros."""

Step = Callable[[Emitter, SSAValue, State], tuple[SSAValue, ...]]
"""From `weight x + bias` of a step's inputs x, and the state before, to the state."""


class Cell(Protocol):
    """A kind of recurrent cell, with the weights of one direction of a layer."""

    @property
    def weight(self) -> np.ndarray:
        """What the inputs are multiplied with, [gates * cells, features]."""
        ...

    @property
    def bias(self) -> np.ndarray:
        """What is added to that, [gates * cells]."""
        ...

    def step(self, node: Emitter, key: str) -> Step:
        """What a step computes; names of the weights begin with `key`."""
        ...


@dataclass(frozen=True)
class Unrolled:
    """The hidden state after each step, in the order of the sequence, and the last."""

    steps: Sequence[SSAValue]
    state: tuple[SSAValue, ...]


def unroll(
    node: Emitter,
    key: str,
    cell: Cell,
    sequence: SSAValue,
    state: State,
    *,
    reverse: bool = False,
) -> Unrolled:
    """One direction of a layer over a whole sequence.

    Args:
        node: the layer; its steps are named after it.
        key: what the names of the weights begin with.
        cell: the kind of cell, and its weights.
        sequence: [steps, batch, features].
        state: what comes before the first step.
        reverse: read the sequence from its end.

    Raises:
        UnsupportedError: it is longer than `MOST_PARTS`.
    """
    length = nn.shape(sequence)[0]
    if length > MOST_PARTS:
        raise node.unsupported(
            f"a sequence of {length} steps, at most {MOST_PARTS} are unrolled"
        )
    products = _input_products(node, key, cell, sequence)
    step = cell.step(node, key)
    hidden = list(products)
    known: tuple[SSAValue, ...] = ()
    order = range(len(products))
    for number in reversed(order) if reverse else order:
        at = Emitter(node.network, f"{node.name}/{number}", node.operator)
        known = step(at, products[number], known or state)
        hidden[number] = known[0]
    return Unrolled(hidden, known)


def unroll_each(
    node: Emitter,
    key: str,
    cell: Cell,
    sequence: SSAValue,
    state: State,
    lengths: Sequence[int] | None,
    *,
    reverse: bool = False,
) -> tuple[SSAValue, tuple[SSAValue, ...]]:
    """As `unroll`, where each sequence of the batch ends after its own length.

    Those of one length go together. Behind their ends there are zeros. Without lengths
    all are as long as the tensor.

    Returns:
        The hidden states [steps, batch, cells], and the last state of each sequence.
    """
    if lengths is None:
        whole = unroll(node, key, cell, sequence, state, reverse=reverse)
        return stacked(node, whole.steps), whole.state
    steps = nn.shape(sequence)[0]
    order: list[int] = []
    hidden: list[SSAValue] = []
    last: list[tuple[SSAValue, ...]] = []
    for length in sorted(set(lengths)):
        batch = [at for at, own in enumerate(lengths) if own == length]
        part = gathered(node, sequence, 1, np.array(batch))
        layer = unroll(
            node,
            key,
            cell,
            taken(node, part, {0: range(length)}),
            tuple(
                s if s is None else gathered(node, s, 0, np.array(batch)) for s in state
            ),
            reverse=reverse,
        )
        behind = [(0, steps - length), (0, 0), (0, 0)]
        hidden.append(node.operand(padded(node, stacked(node, layer.steps), behind)))
        last.append(layer.state)
        order += batch
    places = np.argsort(order)
    states = (node.operand(joined(node, parts, 0)) for parts in zip(*last, strict=True))
    return (
        gathered(node, node.operand(joined(node, hidden, 1)), 1, places),
        tuple(gathered(node, state, 0, places) for state in states),
    )


def stacked(node: Emitter, steps: Sequence[SSAValue]) -> SSAValue:
    """Tensors [batch, cells], one a step, as [steps, batch, cells]."""
    flat = node.operand(joined(node, steps, 0))
    return reshaped(node, flat, (len(steps), *nn.shape(steps[0])))


def part(node: Emitter, matrix: SSAValue, axis: int, part: range) -> SSAValue:
    """Some rows (axis 0) or columns (axis 1) of a matrix."""
    return taken(node, matrix, {axis: part})


def _input_products(
    node: Emitter, key: str, cell: Cell, sequence: SSAValue
) -> list[SSAValue]:
    """`weight x + bias` of each step: one product for all, as none waits."""
    steps, batch, features = nn.shape(sequence)
    rows = reshaped(node, sequence, (steps * batch, features))
    weight = node.weight(f"{key}/weight", cell.weight)
    bias = node.weight(f"{key}/bias", cell.bias)
    products = node.emit(nn.FullyConnectedOp(rows, weight, bias))
    starts = range(0, steps * batch, batch)
    return [part(node, products, 0, range(start, start + batch)) for start in starts]
