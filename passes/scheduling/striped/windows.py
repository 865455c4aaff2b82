"""Where the tensors of a striped group lie in the SRAM: windows on a few of their rows.

A window holds the rows of a stripe with the padding beside them. Rows that the next
stripe reads again move to its beginning, or to that of the next slot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ....dialects.tile import StripedSchedule
from ..allocation import Lifetime, aligned, allocate, in_a_row
from .graph import Graph
from .stripes import Rows


@dataclass(frozen=True)
class Home:
    """A buffer of the SRAM: `slots` pieces of `bytes` bytes from `address` on."""

    name: str
    address: int
    bytes: int
    slots: int

    def interval(self, slot: int, start: int, stop: int) -> tuple[int, int]:
        """The addresses of bytes [start, stop) of a slot, counted modulo the slots."""
        base = self.address + slot % self.slots * self.bytes
        return base + start, base + stop


@dataclass(frozen=True)
class RowWindow:
    """A tensor on chip: rows of `width` pixels of `pixel` bytes, the `left` padding."""

    home: Home
    rows: Sequence[Rows]
    width: int
    left: int
    pixel: int

    @property
    def row(self) -> int:
        """Bytes of a row."""
        return self.width * self.pixel

    def slot(self, stripe: int) -> int:
        """In which slot the rows of a stripe lie."""
        return stripe if self.home.slots > 1 else 0

    def byte(self, stripe: int, row: int, column: int = 0) -> int:
        """Where a pixel lies in its slot; columns count from the first of the map."""
        place = row - self.rows[stripe].first
        return place * self.row + (self.left + column) * self.pixel

    def interval(self, stripe: int, start: int, stop: int) -> tuple[int, int]:
        """The addresses of rows [start, stop)."""
        first = self.rows[stripe].first
        at = ((start - first) * self.row, (stop - first) * self.row)
        return self.home.interval(self.slot(stripe), *at)


@dataclass(frozen=True)
class Layout:
    """The buffers of a group: a window for each tensor, weights and parameters for each
    operator that has some.
    """

    windows: Sequence[RowWindow]
    weights: Sequence[Home | None]
    parameters: Sequence[Home | None]
    bytes: int

    @property
    def homes(self) -> list[Home]:
        """All of them."""
        constants = (*self.weights, *self.parameters)
        return [*(w.home for w in self.windows), *(h for h in constants if h)]


def layout(
    graph: Graph,
    rows: Sequence[Sequence[Rows]],
    schedule: StripedSchedule,
    alignment: int,
) -> Layout:
    """Where everything lies. What fits at different times of a single stripe shares."""
    whole = len(rows) > 1
    shapes = [
        _shape(graph, tensor, rows, schedule) for tensor in range(len(graph.maps))
    ]
    lives = [
        *_lives(graph, shapes, whole=whole),
        *_constants(graph, schedule, whole=whole),
    ]
    addresses = (
        in_a_row([(life.name, life.bytes) for life, _ in lives], alignment)
        if whole
        else allocate([life for life, _ in lives], alignment)
    )
    homes = {
        life.name: Home(life.name, addresses[life.name], life.bytes // slots, slots)
        for life, slots in lives
    }
    windows = [
        RowWindow(
            homes[f"map{tensor}"],
            [stripe[tensor] for stripe in rows],
            width,
            graph.borders[tensor][0],
            graph.maps[tensor][3],
        )
        for tensor, (_, width, _) in enumerate(shapes)
    ]
    numbers = range(len(graph.operators))
    return Layout(
        windows,
        [homes.get(f"weight{number}") for number in numbers],
        [homes.get(f"parameters{number}") for number in numbers],
        max((h.address + h.bytes * h.slots for h in homes.values()), default=0),
    )


def _shape(
    graph: Graph, tensor: int, rows: Sequence[Sequence[Rows]], schedule: StripedSchedule
) -> tuple[int, int, int]:
    """Rows, columns and slots of a window."""
    _, _, columns, _ = graph.maps[tensor]
    held = max(stripe[tensor].held for stripe in rows)
    outside = tensor < len(graph.inputs) or tensor == graph.result
    several = len(rows) > 1 and outside and schedule.ahead
    return max(held, 1), columns + sum(graph.borders[tensor]), 2 if several else 1


def _lives(
    graph: Graph, shapes: Sequence[tuple[int, int, int]], *, whole: bool
) -> list[tuple[Lifetime, int]]:
    """The windows: all the time, or in a single stripe as long as they are read."""
    lives: list[tuple[Lifetime, int]] = []
    last = len(graph.operators)
    for tensor, (held, width, slots) in enumerate(shapes):
        size = held * width * graph.maps[tensor][3] * slots
        first = 0 if whole else max(0, tensor - len(graph.inputs))
        end = last if whole else max(graph.readers[tensor], default=last)
        lives.append((Lifetime(f"map{tensor}", size, first, end), slots))
    return lives


def _constants(
    graph: Graph, schedule: StripedSchedule, *, whole: bool
) -> list[tuple[Lifetime, int]]:
    lives: list[tuple[Lifetime, int]] = []
    last = len(graph.operators)
    for number, operator in enumerate(graph.operators):
        stage, weights = operator.stage, schedule.weights[number]
        first, end = (0, last) if whole else (max(0, number - 1), number)
        if stage.weight_bytes:
            each, slots = stage.weight_bytes, 1
            if weights.slots:
                each = stage.weight_bytes // stage.ofm[3] * weights.channels
                each, slots = aligned(each, 1), weights.slots
            lives.append((Lifetime(f"weight{number}", each * slots, first, end), slots))
        if stage.parameter_bytes:
            life = Lifetime(f"parameters{number}", stage.parameter_bytes, first, end)
            lives.append((life, 1))
    return lives
