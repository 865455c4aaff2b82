"""Where the tensors of a striped group lie in the SRAM: windows on a few of their rows.

A window holds the rows of a stripe with the padding beside them, or the rows of some
channels. Rows that the next stripe reads again move to its beginning, or to that of the
next slot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, takewhile

from .....dialects.tile import StripedSchedule
from ...allocation import Interval, Lifetime, allocate, first_fit, largest_first
from ..alike.forms import forms
from ..alike.questions import Question
from ..bundles import Bundle, ChannelTile
from ..graph import Graph
from ..held import What, size_of
from ..kept import KEPT
from ..sharing import Sharing
from ..spacing import spacing
from ..stripes import Rows
from ..turns import Turn
from .needs import Need, needs_of, window_name


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

    Its slots hold one turn after another; or, of so many `tiles`, one tile of its
    channels after another. In a slot the images that are there at once have `height`
    rows each; `stays` says that all of a batch are.
    """

    home: Home
    rows: Sequence[Rows]
    height: int
    width: int
    left: int
    pixel: int
    tiles: int = 0
    first: int = 0
    stays: bool = False

    @property
    def row(self) -> int:
        """Bytes of a row."""
        return self.width * self.pixel

    def slot(self, turn: Turn, tile: ChannelTile) -> int:
        """In which slot the rows of a turn lie, those channels of a tile."""
        if self.tiles:
            return turn.number * self.tiles + tile.number
        return turn.number if self.home.slots > 1 else 0

    def byte(self, turn: Turn, row: int, column: int, tile: ChannelTile) -> int:
        """Where a pixel lies in its slot, or the channels of a tile in that; columns
        count from the first of the map.
        """
        channel = 0 if self.tiles else self.first + tile.first
        place = self._line(turn, row) * self.row
        return place + (self.left + column) * self.pixel + channel

    def interval(
        self, turn: Turn, start: int, stop: int, tile: ChannelTile
    ) -> tuple[int, int]:
        """The addresses of rows [start, stop)."""
        at = (self._line(turn, row) * self.row for row in (start, stop))
        return self.home.interval(self.slot(turn, tile), *at)

    def _line(self, turn: Turn, row: int) -> int:
        """Where a row of an image lies among all rows of a slot."""
        image = turn.image if self.stays else turn.place
        return image * self.height + row - self.rows[turn.stripe].first


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
    `bytes`; its constants that come first beside what is `busy` before, as far as they
    have room there; and the addresses of what stays there longer, by its name in the
    group.
    """

    taken: Sequence[Interval]
    bytes: int
    alignment: int
    downwards: bool = False
    busy: Sequence[Interval] = ()
    stays: Mapping[str, int] = field(default_factory=dict)

    def of(self, needs: Sequence[Need]) -> dict[str, int]:
        """The addresses of buffers, by their names: in their order, or if there is no
        room for them like that, the largest first.
        """
        lives = [need.life for need in needs]
        largest = largest_first(lives)
        single = max((life.last for life in lives), default=0) > 0
        addresses = self._fitted(largest if single else lives, needs)
        ends = [addresses[life.name] + life.bytes for life in lives]
        if max(ends, default=0) > self.bytes:
            addresses = self._fitted(largest, needs)
        sizes = {life.name: life.bytes for life in lives}
        return {
            name: self._turned([(address, address + sizes[name])])[0][0]
            for name, address in addresses.items()
        }

    def _fitted(
        self, lives: Sequence[Lifetime], needs: Sequence[Need]
    ) -> dict[str, int]:
        """Addresses, upside down if that is how things lie."""
        taken, there = self._turned(self.taken), self._early(needs)
        apart = {life.name for _, life in there}
        others = [life for life in lives if life.name not in apart]
        return first_fit(others, self.alignment, taken, there)

    def _early(self, needs: Sequence[Need]) -> list[tuple[int, Lifetime]]:
        """Where constants lie that come first, as far as they have room beside what is
        busy.
        """
        if not self.busy:
            return []
        early = [need.life for need in needs if need.is_early]
        pieces = self._turned([*self.taken, *self.busy])
        addresses = first_fit(early, self.alignment, pieces)
        found = [(addresses[life.name], life) for life in early]
        return [*takewhile(lambda each: each[0] + each[1].bytes <= self.bytes, found)]

    def has_room(self, needs: Sequence[Need]) -> bool:
        """Whether buffers fit, and what is taken has room itself."""
        addresses = self.of(needs)
        apart = all(end <= start for (_, end), (start, _) in pairwise(self.taken))
        return apart and all(
            addresses[need.name] >= 0
            and addresses[need.name] + need.life.bytes <= self.bytes
            for need in needs
        )

    def _turned(self, pieces: Sequence[Interval]) -> list[Interval]:
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
    """Where the buffers of a group lie."""

    def __init__(
        self, graph: Graph, rows: Sequence[Sequence[Rows]], schedule: StripedSchedule
    ):
        self.graph = graph
        self.rows = rows
        ((self.form, differ, _),) = forms([Question(graph, [schedule], [graph.kept])])
        needs = needs_of(self.form, differ)
        self.needs = [each.by(0) for each in needs if each.bytes[0]]

    def placed(self, alignment: int) -> Layout:
        lives = [need.life for need in self.needs]
        place = allocate if self.form.single else first_fit
        addresses = place(lives, alignment)
        homes = {
            each.name: Home(each.name, addresses[each.name], each.bytes, each.slots)
            for each in self.needs
        }
        kept = [
            Home(f"{KEPT}{tensor}", 0, each.bytes, 1)
            for tensor, each in self.graph.kept
        ]
        operators = self.graph.operators
        held = [
            Home(each.home, 0, size_of(each.what, operators[each.first].stage), 1)
            for each in self.graph.held
        ]
        homes |= {home.name: home for home in (*kept, *held)}
        numbers = range(len(self.graph.operators))
        return Layout(
            self.form.steps,
            self.form.sharing,
            [self._window(tensor, homes) for tensor in range(len(self.graph.maps))],
            [homes.get(self._home_of("weight", number)) for number in numbers],
            [homes.get(self._home_of("parameters", number)) for number in numbers],
            self.needs,
        )

    def _home_of(self, what: What, number: int) -> str:
        """What the place of an operator's weights or parameters is called."""
        held = self.graph.held_by(number, what)
        return held.home if held else f"{what}{number}"

    def _height(self, held: int) -> int:
        """The rows from an image to the next, of which each holds so many."""
        between = spacing(self.graph) if self.form.single else 0
        return self.graph.maps[self.graph.result][1] + between if between else held

    def _window(self, tensor: int, homes: dict[str, Home]) -> RowWindow:
        owner = self.form.sharing.owner[tensor]
        step = self.form.tiled_in(owner)
        if kept := self.graph.kept_as(owner):
            whole = Rows(-kept.above, kept.map[1] + kept.below, -kept.above)
            return RowWindow(
                homes[f"{KEPT}{owner}"],
                [whole] * len(self.rows),
                kept.height,
                kept.width,
                kept.left,
                kept.map[3],
                first=self.form.sharing.first[tensor],
                stays=True,
            )
        rows = [stripe[owner] for stripe in self.rows]
        return RowWindow(
            homes[window_name(owner)],
            rows,
            self._height(max(1, *(each.held for each in rows))),
            self.graph.width(owner),
            self.graph.borders[owner][0],
            step.channels if step else self.graph.maps[owner][3],
            len(step.tiles) if step else 0,
            self.form.sharing.first[tensor],
        )
