"""Groups that are alike but for their numbers: what is the same, and the numbers."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ....machine_forms.stage import Kind, Stage
from ..graph import Graph
from ..spacing import spacing
from ..stripes import Ints, stripes


class Sizes(NamedTuple):
    """The numbers of graphs that are alike, int64 [tensors, graphs] or [operators,
    graphs].

    rows, columns, channels: of each tensor.
    widths: columns of a window on it, those of padding among them.
    depths: channels of what each operator reads.
    weights, parameters: their bytes.
    """

    rows: Ints
    columns: Ints
    channels: Ints
    widths: Ints
    depths: Ints
    weights: Ints
    parameters: Ints

    def of(self, graphs: Ints) -> "Sizes":
        """Those of graphs in another order, of some more than once."""
        return Sizes(*(each[:, graphs] for each in self))


def sizes_of(graphs: Sequence[Graph]) -> Sizes:
    """The numbers of graphs that are alike."""
    maps = np.array([graph.maps for graph in graphs], np.int64)
    numbers = range(len(graphs[0].maps))
    widths = [[graph.width(number) for number in numbers] for graph in graphs]
    stages = [
        [
            (stage.ifm[3], stage.weight_bytes, stage.parameter_bytes)
            for stage in (operator.stage for operator in graph.operators)
        ]
        for graph in graphs
    ]
    _, rows, columns, channels = maps.transpose(2, 1, 0)
    of_operators = np.array(stages, np.int64).transpose(2, 1, 0)
    return Sizes(rows, columns, channels, np.array(widths).T, *of_operators)


def structure_of(graph: Graph) -> Hashable:
    """Equal for graphs that differ in their `Sizes` only, in where the operands of
    concats and slices lie, and in which rows are there when.

    Which maps, and which rows of a whole stripe, are equal belongs to it: operators
    share places, and tiles, where they are.
    """
    whole = stripes(graph, graph.maps[graph.result][1])[0]
    return (
        graph.images,
        len(graph.inputs),
        tuple(
            _structure(operator.stage, operator.reads) for operator in graph.operators
        ),
        graph.also,
        graph.held,
        tuple(graph.caps),
        tuple(graph.borders),
        spacing(graph),
        tuple(graph.pieces(tensor) for tensor in range(len(graph.maps))),
        _equal(graph.maps),
        _equal(whole),
        tuple(_slices(graph)),
    )


def _structure(stage: Stage, reads: tuple[int, ...]) -> Hashable:
    return (
        stage.kind,
        reads,
        stage.window,
        stage.weight_bytes > 0,
        stage.parameter_bytes > 0,
    )


def _equal(values: Iterable[Hashable]) -> tuple[int, ...]:
    """Of each value, which of those that differ it is."""
    found: dict[Hashable, int] = {}
    return tuple(found.setdefault(value, len(found)) for value in values)


def _slices(graph: Graph) -> Iterable[bool]:
    """Of each operand of moves, whether only some of its channels are taken."""
    for operator in graph.operators:
        if operator.stage.kind is Kind.MOVE:
            for tensor, part in zip(operator.reads, operator.stage.parts, strict=True):
                yield part.channels < graph.maps[tensor][3]
