"""What crosses the bus for a group in stripes: bytes, and in how many transfers.

Of as many images as a form's costs are.
"""

from dataclasses import dataclass

import numpy as np

from .bundles import Bundle
from .forms import Differences, Form
from .graph import Graph
from .needs import tile_bytes
from .stripes import Ints
from .transfers import PIECE


@dataclass(frozen=True)
class Moved:
    """Bytes, and in how many transfers, int64 [schedules]."""

    bytes: Ints
    transfers: Ints

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.bytes + other.bytes, self.transfers + other.transfers)

    def __sub__(self, other: "Moved") -> "Moved":
        return Moved(self.bytes - other.bytes, self.transfers - other.transfers)

    def __mul__(self, factor: Ints | int) -> "Moved":
        return Moved(self.bytes * factor, self.transfers * factor)


@dataclass(frozen=True)
class Moves:
    """What the transfers of some steps move in all stripes.

    all: of everything.
    early: those of constants for which there is room before anything is computed.
    needed: those of them without which nothing can be.
    first: the first rows of feature maps that come stripe by stripe.
    read: all rows of these.
    streamed: what comes and goes tile by tile.
    tile: a tile of weights of each operator that has some.
    """

    all: Moved
    early: Moved
    needed: Moved
    first: Moved
    read: Moved
    streamed: Moved
    tile: Moved

    def __add__(self, other: "Moves") -> "Moves":
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Moves(*(one + another for one, another in pairs))


def moves_of(graph: Graph, form: Form, differ: Differences, step: Bundle) -> Moves:
    """What the transfers of a step move."""
    return _constants(graph, form, differ, step) + _maps(graph, form, differ, step)


def most_turns(graph: Graph, form: Form, differ: Differences, step: Bundle) -> Ints:
    """How many tiles of weights the operators of a step have one after another."""
    most = np.ones_like(differ.stripes)
    for number in step.operators:
        if form.streamed[number]:
            most = np.maximum(most, _turns(graph, form, differ, step, number))
    return most


def _turns(
    graph: Graph, form: Form, differ: Differences, step: Bundle, number: int
) -> Ints:
    """How many tiles of weights an operator has: of channels, and of their depth."""
    whole = graph.operators[number].stage.ifm[3]
    return differ.tiles(step) * differ.parts(number, whole)


def _constants(graph: Graph, form: Form, differ: Differences, step: Bundle) -> Moves:
    none = np.zeros_like(differ.stripes)
    nothing = Moved(none, none)
    parameters = weights = streamed = tile = nothing
    slots = none
    for number in step.operators:
        stage = graph.operators[number].stage
        if stage.parameter_bytes:
            parameters += Moved(none + stage.parameter_bytes, none + 1)
        if not stage.weight_bytes or not graph.comes_with(number):
            continue
        if form.streamed[number]:
            channels, depth = differ.channels[number], differ.depth[number]
            tile += Moved(tile_bytes(stage, channels, depth), none + 1)
            slots = np.maximum(slots, differ.slots[number])
            tiles = _turns(graph, form, differ, step, number)
            streamed += Moved(none + stage.weight_bytes, tiles) * form.turns(differ)
        else:
            weights += Moved(none + stage.weight_bytes, none + 1)
            slots = np.maximum(slots, 1)
    one = weights + tile
    first = np.minimum(slots, most_turns(graph, form, differ, step))
    return Moves(
        parameters + weights + streamed,
        parameters + Moved(first * one.bytes, first),
        parameters + Moved(one.bytes, none + 1),
        nothing,
        nothing,
        streamed,
        tile,
    )


def _maps(graph: Graph, form: Form, differ: Differences, step: Bundle) -> Moves:
    counts, at = differ.counts, differ.heights
    none = np.zeros_like(differ.stripes)
    nothing = Moved(none, none)
    moved = first = read = streamed = nothing
    for tensor in _crossing(graph, step):
        _, _, columns, channels = graph.maps[tensor]
        crosses = differ.crosses[tensor]
        row = columns * channels * crosses
        image = counts.made[tensor][at] * row
        tiled = form.tiled_in(form.sharing.owner[tensor])
        pieces = differ.stripes
        if tiled:
            pieces = differ.tiles(tiled) * differ.stripes
        elif form.single and tensor < len(graph.inputs):
            pieces = -(-image // PIECE)
        all_ = Moved(image, pieces * crosses) * form.frames
        moved += all_
        if tiled:
            streamed += all_
        elif tensor < len(graph.inputs):
            first += Moved(counts.first[tensor][at] * row, crosses) * form.images
            read += all_
    return Moves(moved, nothing, nothing, first, read, streamed, nothing)


def _crossing(graph: Graph, step: Bundle) -> list[int]:
    """The tensors that the bus brings for a step, or takes after it; unless they stay
    on chip.
    """
    found = [
        tensor
        for tensor in range(len(graph.inputs))
        if min(graph.readers[tensor]) in step.operators
    ]
    made = map(graph.tensor_of, step.operators)
    return [*found, *(tensor for tensor in made if tensor in graph.results)]
