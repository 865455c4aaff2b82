"""Which schedules of a group in stripes are worth trying."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product

from ....backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ....dialects.tile import StripedSchedule, Weights
from ...machine_forms.stage import Kind
from .graph import Graph
from .spacing import spacing

RINGS = ((3, 12), (3, 24), (2, 7), (8, 32))
"""Slots of a ring of weights, and what part of the SRAM one of its tiles has at most:
one is filled, one waits, one is read; large ones where the bus sets the pace; many, so
that they come while another operator computes.
"""

IN_TURNS = 2
"""So many of these are tried, too, where maps take turns with what is computed: larger
ones have room then.
"""

FEW = 4
"""Stripes at most while weights are streamed: they come again in each."""

SMALL = 4096
"""Bytes of weights that are not worth streaming."""


def stripe_candidates(graph: Graph, machine: Machine) -> Iterator[StripedSchedule]:
    """Schedules of a group in stripes, whether or not a machine has room for them."""
    for family in stripe_families(graph, machine):
        yield from family


def stripe_families(
    graph: Graph, machine: Machine
) -> Iterator[Iterator[StripedSchedule]]:
    """Families of schedules: in each from few rows to many, which take more room.

    Weights are all there, or the largest are streamed, or all of those worth it. Of a
    batch one image is there at once, or half of it, or all of it.
    """
    height = graph.maps[graph.result][1]
    sizes = [
        0 if graph.held_by(number, "weight") else operator.stage.weight_bytes
        for number, operator in enumerate(graph.operators)
    ]
    largest = sorted(range(len(sizes)), key=lambda number: -sizes[number])
    worth = [number for number in largest if sizes[number] > SMALL]
    for streamed in dict.fromkeys(((), tuple(worth[:1]), tuple(worth))):
        rest = sum(sizes) - sum(sizes[number] for number in streamed)
        if rest > machine.sram.bytes:
            continue
        counts = _rows(height, FEW if streamed else height)
        rings = RINGS if streamed else RINGS[:1]
        for images, ring in product(_at_once(graph), rings):
            ahead = _Family(graph, machine, streamed, ring, True, images)
            yield ahead.of(counts)
            if ring in RINGS[:IN_TURNS]:
                yield replace(ahead, ahead=False).of(counts[:-1])


def _at_once(graph: Graph) -> Sequence[int]:
    """How many images of a batch may be there at once."""
    batch = graph.images
    return [n for n in dict.fromkeys((1, batch // 2, batch)) if n and not batch % n]


@dataclass(frozen=True)
class _Family:
    """What schedules have in common that differ in the height of their stripes.

    ring: slots of a ring of weights, and what part of the SRAM a tile has at most.
    images: so many are there at once.
    """

    graph: Graph
    machine: Machine
    streamed: Sequence[int]
    ring: tuple[int, int]
    ahead: bool
    images: int

    def of(self, heights: Sequence[int]) -> Iterator[StripedSchedule]:
        """Stripes of each height."""
        dataflow = str(self.machine.array.dataflows[0])
        there = [
            Weights(held=any(number in each.operators for each in self.graph.held))
            for number in range(len(self.graph.operators))
        ]
        for rows in heights:
            weights = [*there]
            for number in self.streamed:
                weights[number] = self._tiles(number, rows)
            if self.streamed:
                self._let_share(weights)
            yield StripedSchedule(
                rows, tuple(weights), dataflow, self.ahead, images=self.images
            )

    def _let_share(self, weights: list[Weights]) -> None:
        """Tiles of as few channels for products whose results are combined."""
        for products in self._combined:
            streamed = [number for number in products if weights[number].slots]
            channels = min((weights[n].channels for n in streamed), default=0)
            for number in streamed:
                weights[number] = weights[number]._replace(channels=channels)

    @cached_property
    def _combined(self) -> Sequence[Sequence[int]]:
        """The operators whose results element-wise ones read, together."""
        inputs = len(self.graph.inputs)
        return [
            [tensor - inputs for tensor in operator.reads if tensor >= inputs]
            for operator in self.graph.operators
            if operator.stage.kind is Kind.ELEMENTWISE
        ]

    @cached_property
    def _passing_on(self) -> Container[int]:
        """The operators of which tiles of results are changed or stored at once."""
        return {n for n in self.streamed if _passes_on(self.graph, n)}

    def _tiles(self, number: int, rows: int) -> Weights:
        """Tiles of whole columns of the array, deep if that is small enough; their
        results are no larger, where these do not stay.
        """
        stage = self.graph.operators[number].stage
        slots, parts = self.ring
        array, most = self.machine.array, self.machine.sram.bytes // parts
        channels, depth = stage.ofm[3], stage.ifm[3]
        each = stage.weight_bytes // channels
        of_all = self.graph.maps[self.graph.result][1]
        pixels = self.images * -(-rows * stage.ofm[1] // of_all) * stage.ofm[2]
        wide = most // max(1, each)
        if number in self._passing_on:
            wide = min(wide, 2 * most // pixels)
        wide = _largest(channels, array.columns, wide)
        sums = pixels * wide * ACCUMULATOR_BYTES
        whole = wide * each <= most or stage.kind is not Kind.CONVOLUTION
        apart = self.images > 1 and (rows < of_all or not spacing(self.graph))
        if whole or apart or sums > array.accumulator_bytes:
            return Weights(slots, wide)
        deep = _largest(depth, array.rows, most * depth // (wide * each))
        return Weights(slots, wide, deep if deep < depth else 0)


def _passes_on(graph: Graph, number: int) -> bool:
    """Whether tiles of a result are changed or stored at once."""
    readers = graph.readers[graph.tensor_of(number)]
    kinds = {graph.operators[reader].stage.kind for reader in readers}
    return not readers or kinds == {Kind.ELEMENTWISE}


@lru_cache(maxsize=1 << 12)
def _largest(total: int, unit: int, most: int) -> int:
    """The most of something that is at most so much, in whole units: a divisor, if that
    is not much less. At least a unit.
    """
    if total <= max(unit, most):
        return total
    fitting = range(unit, max(unit, most) + 1, unit)
    best = next((size for size in reversed(fitting) if total % size == 0), 0)
    return best if 2 * best >= fitting[-1] else fitting[-1]


def _rows(height: int, most: int) -> Sequence[int]:
    """Heights of at most so many stripes, from the least rows to all of them."""
    found: dict[int, None] = {}
    count, most = 1, min(height, most)
    while count < most:
        found[-(-height // count)] = None
        count = max(count + 1, count * 3 // 2)
    found[-(-height // most)] = None
    return list(reversed(found))
