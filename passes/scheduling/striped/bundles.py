"""Which operators of a striped group run tile by tile of their channels.

A product whose weights are streamed makes some channels at a time. What is done to each
element of its result then is done to every tile at once, also with another product's:
the results of products need never be whole on chip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ....dialects.tile import Weights
from ...machine_forms.stage import Kind
from .graph import Graph


@dataclass(frozen=True)
class ChannelTile:
    """Channels [first, last): the `number`-th tile of a stripe."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Bundle:
    """Operators [first, last], the ones after another on each tile of `channels` of
    so many in `total`.
    """

    first: int
    last: int
    channels: int
    total: int

    @property
    def is_tiled(self) -> bool:
        """Whether operators take turns, on tiles or on the same channels."""
        return self.channels < self.total or self.first < self.last

    @cached_property
    def tiles(self) -> tuple[ChannelTile, ...]:
        starts = range(0, self.total, self.channels)
        return tuple(
            ChannelTile(number, first, min(first + self.channels, self.total))
            for number, first in enumerate(starts)
        )

    @property
    def operators(self) -> range:
        return range(self.first, self.last + 1)


def bundles_of(graph: Graph, weights: Sequence[Weights]) -> tuple[Bundle, ...]:
    """The operators of a group in their order, those together that share tiles, if the
    weights of each come like that.
    """
    found: list[Bundle] = []
    number = 0
    while number < len(graph.operators):
        last, own = number, weights[number]
        if own.slots:
            last = _last(graph, weights, number)
        total = graph.operators[number].stage.ofm[3]
        channels = own.channels if own.slots else total
        found.append(Bundle(number, last, channels, total))
        number = last + 1
    return tuple(found)


def _last(graph: Graph, weights: Sequence[Weights], first: int) -> int:
    """The last operator that shares tiles with a product.

    Products in tiles of as many channels do, and what is done to each element of their
    results; only the last result is read by others.
    """
    found, channels = first, weights[first].channels
    made: set[int] = set()
    waiting: set[int] = set()
    for number in range(first, len(graph.operators)):
        operator, own = graph.operators[number], weights[number]
        wide = own.channels if own.slots else 0
        if operator.stage.ofm != graph.operators[first].stage.ofm:
            break
        if operator.stage.kind is Kind.ELEMENTWISE:
            if not made & {*operator.reads}:
                break
        elif made & {*operator.reads} or wide != channels:
            break
        tensor = graph.tensor_of(number)
        made.add(tensor)
        waiting -= {*operator.reads}
        if not waiting:
            found = number
        if len(graph.readers[tensor]) != 1 or tensor in graph.also:
            break
        waiting.add(tensor)
    return found
