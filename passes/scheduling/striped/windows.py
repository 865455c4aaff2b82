"""Where the tensors of a striped group lie in the SRAM: windows on a few of their rows.

A window holds the rows of a stripe with the padding beside them, or the rows of some
channels. Rows that the next stripe reads again move to its beginning, or to that of the
next slot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ....dialects.tile import StripedSchedule
from ...machine_forms.stage import Kind
from ..allocation import Lifetime, allocate, first_fit
from .bundles import Bundle, ChannelTile, bundles_of
from .graph import Graph
from .kept import KEPT
from .sharing import Sharing, sharing
from .stripes import Rows

TILE_SLOTS = 3
"""Tiles that one engine fills, one changes and one empties."""


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
    """A tensor on chip: rows of `width` pixels of `pixel` bytes, the `left` padding;
    of each pixel the bytes from `first` on.

    Its slots hold one stripe after another; or, of so many `tiles`, one tile of its
    channels after another.
    """

    home: Home
    rows: Sequence[Rows]
    width: int
    left: int
    pixel: int
    tiles: int = 0
    first: int = 0

    @property
    def row(self) -> int:
        """Bytes of a row."""
        return self.width * self.pixel

    def slot(self, stripe: int, tile: ChannelTile) -> int:
        """In which slot the rows of a stripe lie, those channels of a tile."""
        if self.tiles:
            return stripe * self.tiles + tile.number
        return stripe if self.home.slots > 1 else 0

    def byte(self, stripe: int, row: int, column: int, tile: ChannelTile) -> int:
        """Where a pixel lies in its slot, or the channels of a tile in that; columns
        count from the first of the map.
        """
        place = row - self.rows[stripe].first
        channel = 0 if self.tiles else self.first + tile.first
        return place * self.row + (self.left + column) * self.pixel + channel

    def interval(
        self, stripe: int, start: int, stop: int, tile: ChannelTile
    ) -> tuple[int, int]:
        """The addresses of rows [start, stop)."""
        first = self.rows[stripe].first
        at = ((start - first) * self.row, (stop - first) * self.row)
        return self.home.interval(self.slot(stripe, tile), *at)


@dataclass(frozen=True)
class Need:
    """What a buffer needs: the bytes of a slot, its slots, and in which steps."""

    name: str
    bytes: int
    slots: int
    first: int
    last: int

    @property
    def life(self) -> Lifetime:
        return Lifetime(self.name, self.bytes * self.slots, self.first, self.last)


@dataclass(frozen=True)
class Layout:
    """The buffers of a group: a window for each tensor, weights and parameters for each
    operator that has some. `needs` are those of its own, the others are kept or held.
    """

    steps: Sequence[Bundle]
    sharing: Sharing
    windows: Sequence[RowWindow]
    weights: Sequence[Home | None]
    parameters: Sequence[Home | None]
    needs: Sequence[Need]

    @cached_property
    def homes(self) -> list[Home]:
        """All of them, each once."""
        constants = (*self.weights, *self.parameters)
        homes = [*(w.home for w in self.windows), *(h for h in constants if h)]
        return list({home.name: home for home in homes}.values())

    @property
    def bytes(self) -> int:
        """Where the last of its own ends."""
        own = {need.name for need in self.needs}
        ends = (h.address + h.bytes * h.slots for h in self.homes if h.name in own)
        return max(ends, default=0)

    def at(self, place: "Place") -> "Layout":
        """The same in another place, as far as that has room."""
        addresses = {**place.stays, **place.of(self.needs)}

        def moved(home: Home) -> Home:
            return replace(home, address=addresses[home.name])

        return replace(
            self,
            windows=[replace(each, home=moved(each.home)) for each in self.windows],
            weights=[home and moved(home) for home in self.weights],
            parameters=[home and moved(home) for home in self.parameters],
        )


@dataclass(frozen=True)
class Place:
    """Where a group lies: around what is `taken`, from 0 upwards, or `downwards` from
    `bytes`; and the addresses of what stays there longer, by its name in the group.
    """

    taken: Sequence[tuple[int, int]]
    bytes: int
    alignment: int
    downwards: bool = False
    stays: Mapping[str, int] = field(default_factory=dict)

    def of(self, needs: Sequence[Need]) -> dict[str, int]:
        """The addresses of buffers, by their names: in their order, or if there is no
        room for them like that, the largest first.
        """
        lives = [need.life for need in needs]
        largest = sorted(lives, key=lambda life: -life.bytes)
        single = max((life.last for life in lives), default=0) > 0
        taken = self._turned(self.taken)
        addresses = first_fit(largest if single else lives, self.alignment, taken)
        ends = [addresses[life.name] + life.bytes for life in lives]
        if max(ends, default=0) > self.bytes:
            addresses = first_fit(largest, self.alignment, taken)
        sizes = {life.name: life.bytes for life in lives}
        return {
            name: self._turned([(address, address + sizes[name])])[0][0]
            for name, address in addresses.items()
        }

    def has_room(self, needs: Sequence[Need]) -> bool:
        """Whether buffers fit."""
        addresses = self.of(needs)
        return all(
            addresses[need.name] >= 0
            and addresses[need.name] + need.life.bytes <= self.bytes
            for need in needs
        )

    def _turned(self, pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Pieces upside down, if that is how things lie."""
        if not self.downwards:
            return [*pieces]
        top = self.bytes // self.alignment * self.alignment
        return [
            ((top - end) // self.alignment * self.alignment, top - start)
            for start, end in pieces
        ]


def layout(
    graph: Graph,
    rows: Sequence[Sequence[Rows]],
    schedule: StripedSchedule,
    alignment: int,
) -> Layout:
    """Where everything lies. What fits at different times of a single stripe shares."""
    return _Layout(graph, rows, schedule).placed(alignment)


class _Layout:
    """What the buffers of a group need, and where they lie then."""

    def __init__(
        self, graph: Graph, rows: Sequence[Sequence[Rows]], schedule: StripedSchedule
    ):
        self.graph = graph
        self.rows = rows
        self.schedule = schedule
        self.steps = bundles_of(graph, schedule)
        self.sharing = sharing(graph, self.steps, rows)
        self.step_of = {
            each: number
            for number, step in enumerate(self.steps)
            for each in step.operators
        }

    def placed(self, alignment: int) -> Layout:
        needs = [*self._constants(), *self._maps()]
        if len(self.rows) > 1:
            needs = [replace(each, first=0, last=0) for each in needs]
            addresses = first_fit([each.life for each in needs], alignment)
        else:
            addresses = allocate([each.life for each in needs], alignment)
        homes = {
            each.name: Home(each.name, addresses[each.name], each.bytes, each.slots)
            for each in needs
        }
        kept = [
            Home(f"{KEPT}{tensor}", 0, each.bytes, 1)
            for tensor, each in self.graph.kept
        ]
        operators = self.graph.operators
        held = [
            Home(each.home, 0, operators[each.first].stage.weight_bytes, 1)
            for each in self.graph.held
        ]
        homes |= {home.name: home for home in (*kept, *held)}
        numbers = range(len(self.graph.operators))
        return Layout(
            self.steps,
            self.sharing,
            [self._window(tensor, homes) for tensor in range(len(self.graph.maps))],
            [homes.get(self._weights(number)) for number in numbers],
            [homes.get(f"parameters{number}") for number in numbers],
            needs,
        )

    def _weights(self, number: int) -> str:
        """What the place of an operator's weights is called."""
        held = self.graph.held_by(number)
        return held.home if held else f"weight{number}"

    def _window(self, tensor: int, homes: dict[str, Home]) -> RowWindow:
        owner = self.sharing.owner[tensor]
        step = self._step(owner)
        if kept := self.graph.kept_as(owner):
            whole = Rows(-kept.above, kept.map[1] + kept.below, -kept.above)
            return RowWindow(
                homes[f"{KEPT}{owner}"],
                [whole] * len(self.rows),
                kept.width,
                kept.left,
                kept.map[3],
                first=self.sharing.first[tensor],
            )
        return RowWindow(
            homes[f"map{owner}"],
            [stripe[owner] for stripe in self.rows],
            self._width(owner),
            self.graph.borders[owner][0],
            step.channels if step else self.graph.maps[owner][3],
            len(step.tiles) if step else 0,
            self.sharing.first[tensor],
        )

    def _step(self, owner: int) -> Bundle | None:
        """The step of whose tiles a place has room for, if not for all channels."""
        number = self.sharing.tiled.get(owner)
        return None if number is None else self.steps[number]

    def _width(self, owner: int) -> int:
        return self.graph.maps[owner][2] + sum(self.graph.borders[owner])

    def _maps(self) -> list[Need]:
        """The windows, those of what is read first before those of the result."""
        graph, needs = self.graph, []
        inputs = len(graph.inputs)
        for owner in range(len(graph.maps)):
            users = self.sharing.users(owner)
            if not users or self.graph.kept_as(owner):
                continue
            step = self._step(owner)
            held = max(1, *(stripe[owner].held for stripe in self.rows))
            channels = step.channels if step else graph.maps[owner][3]
            size = held * self._width(owner) * channels
            made = [self.step_of[user - inputs] for user in users if user >= inputs]
            read = [self.step_of[n] for user in users for n in graph.readers[user]]
            first = min([*made, *read])
            if any(user < inputs for user in users):
                first = 0 if step is None else first
            last = max([*made, *read])
            needs.append(
                Need(f"map{owner}", size, self._slots(users, step), first, last)
            )
        return needs

    def _slots(self, users: Sequence[int], step: Bundle | None) -> int:
        graph, count = self.graph, len(self.rows)
        if step is not None:
            comes = min(users) < len(graph.inputs)
            ring = self.schedule.weights[step.first].slots
            slots = max(TILE_SLOTS, ring) if comes else TILE_SLOTS
            return min(slots, len(step.tiles) * count)
        outside = any(u < len(graph.inputs) or u == graph.result for u in users)
        changes = any(self._changes_engine(each) for each in users)
        ahead = count > 1 and self.schedule.ahead
        return 2 if ahead and (outside or changes) else 1

    def _changes_engine(self, tensor: int) -> bool:
        """Whether one engine makes a tensor, and another one reads windows of it."""
        kinds = [self.graph.operators[n].stage.kind for n in self.graph.readers[tensor]]
        return Kind.POOL in kinds

    def _constants(self) -> list[Need]:
        """Weights and parameters: they come while the step before theirs runs."""
        needs: list[Need] = []
        for number, operator in enumerate(self.graph.operators):
            stage, weights = operator.stage, self.schedule.weights[number]
            here = self.step_of[number]
            if stage.parameter_bytes:
                name = f"parameters{number}"
                needs.append(
                    Need(name, stage.parameter_bytes, 1, max(0, here - 1), here)
                )
            if stage.weight_bytes and not self.graph.held_by(number):
                each, slots = stage.weight_bytes, 1
                if weights.slots:
                    each = stage.weight_bytes // stage.ofm[3] * weights.channels
                    if weights.depth:
                        each = each // stage.ifm[3] * weights.depth
                    slots = weights.slots
                name = f"weight{number}"
                needs.append(Need(name, each, slots, max(0, here - 1), here))
        return needs
