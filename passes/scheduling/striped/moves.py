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
class Moves:
    """What the transfers of some steps move, in all stripes, int64 [schedules].

    bytes, transfers: in all.
    early, pieces: those of constants for which there is room before anything is
        computed.
    needed, records: those of them without which nothing can be.
    maps, rows: bytes of the first rows of feature maps, and their transfers.
    read, reads: bytes of all rows that come in stripe by stripe, and their transfers.
    """

    bytes: Ints
    transfers: Ints
    early: Ints
    pieces: Ints
    needed: Ints
    records: Ints
    maps: Ints
    rows: Ints
    read: Ints
    reads: Ints

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
    depth, whole = differ.depth[number], graph.operators[number].stage.ifm[3]
    parts = np.where(depth > 0, -(-whole // np.maximum(depth, 1)), 1)
    return differ.tiles(step) * parts


def _constants(graph: Graph, form: Form, differ: Differences, step: Bundle) -> Moves:
    none = np.zeros_like(differ.stripes)
    tile = slots = weights = loads = none
    parameters = records = 0
    for number in step.operators:
        stage = graph.operators[number].stage
        parameters += stage.parameter_bytes
        records += bool(stage.parameter_bytes)
        if not stage.weight_bytes or not graph.comes_with(number):
            continue
        if form.streamed[number]:
            channels, depth = differ.channels[number], differ.depth[number]
            tile = tile + tile_bytes(stage, channels, depth)
            slots = np.maximum(slots, differ.slots[number])
            turns = form.turns(differ)
            weights = weights + stage.weight_bytes * turns
            loads = loads + _turns(graph, form, differ, step, number) * turns
        else:
            tile, slots = tile + stage.weight_bytes, np.maximum(slots, 1)
            weights, loads = weights + stage.weight_bytes, loads + 1
    first = np.minimum(slots, most_turns(graph, form, differ, step))
    return Moves(
        weights + parameters,
        loads + records,
        parameters + first * tile,
        records + first,
        parameters + tile,
        none + records + 1,
        none,
        none,
        none,
        none,
    )


def _maps(graph: Graph, form: Form, differ: Differences, step: Bundle) -> Moves:
    counts, at = differ.counts, differ.heights
    none = np.zeros_like(differ.stripes)
    moved = transfers = first = rows = read = reads = none
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
        moved = moved + image * form.frames
        transfers = transfers + pieces * crosses * form.frames
        if tensor < len(graph.inputs) and not tiled:
            first = first + counts.first[tensor][at] * row * form.images
            rows = rows + crosses * form.images
            read = read + image * form.frames
            reads = reads + pieces * crosses * form.frames
    return Moves(moved, transfers, none, none, none, none, first, rows, read, reads)


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
