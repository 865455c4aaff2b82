"""Actions that move bytes: between DRAM and the chip, and from stripe to stripe."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .....dialects.aipu import Engine
from ....machine_forms.stage import View
from ..buffers.windows import Home
from ..bundles import ChannelTile
from ..stripes import Rows
from ..turns import Turn
from .actions import Action, At, Corner, Repeats
from .frame import Frame

PIECE = 1 << 15
"""Bytes that a transfer moves at least, if not all rows come at once: room for some of
them may be there before that for others.
"""

NO_TENSOR = "nowhere"
"""A tensor in DRAM of which fills read nothing."""


@dataclass(frozen=True)
class Transfers(Frame):
    """What comes in, is kept, and goes out."""

    def for_each(
        self, turn: Turn, actions: Callable[[Turn], Iterable[Action]]
    ) -> Iterator[Action | Repeats]:
        """Actions for every image that is there at once."""
        bodies = [tuple(actions(each)) for each in self.turns.each(turn)]
        if len(bodies) == 1:
            yield from bodies[0]
        else:
            yield Repeats(tuple(bodies))

    def load(
        self, tensor: int, turn: Turn, tile: ChannelTile | None = None
    ) -> Iterator[Action]:
        """The new rows of an input, with the padding around them; or of a tile."""
        if self.graph.kept_as(tensor):
            return
        rows, window = self.rows(turn, tensor), self.window(tensor)
        step = rows.end - rows.start
        if self.is_single:
            step = max(1, PIECE // window.row)
        for start in range(rows.start, rows.end, max(step, 1)):
            some = Rows(start, min(start + step, rows.end), rows.first)
            yield self._load(tensor, turn, some, tile or self.whole(tensor))

    def _load(self, tensor: int, turn: Turn, rows: Rows, tile: ChannelTile) -> Action:
        window, view = self.window(tensor, tile), self.graph.view(tensor)
        return Action(
            Engine.LOAD,
            "dma.load",
            min(self.graph.readers[tensor]),
            {
                "sram": self.at(window, turn, rows.start, -window.left, tile),
                "shape": view.shape,
                "strides": view.strides,
                "origin": Corner((turn.image, rows.start, -window.left, tile.first)),
                "box": (1, rows.end - rows.start, window.width, tile.last - tile.first),
                "fill": self.fills[tensor],
            },
            writes=(window.interval(turn, rows.start, rows.end, tile),),
            dram=f"input {tensor}",
            moved=self._moved(tensor, turn, rows),
        )

    def store(
        self, tensor: int, turn: Turn, tile: ChannelTile | None = None
    ) -> Iterator[Action]:
        """The new rows of a result, or of a tile of it; what pads them is left out."""
        if self.graph.kept_as(tensor):
            return
        tile = tile or self.whole(tensor)
        rows, window = self.rows(turn, tensor), self.window(tensor, tile)
        shape = self.graph.maps[tensor]
        start, end = max(rows.start, 0), min(rows.end, shape[1])
        if end <= start:
            return
        yield Action(
            Engine.STORE,
            "dma.store",
            tensor - len(self.graph.inputs),
            {
                "sram": self.at(window, turn, start, -window.left, tile),
                "shape": shape,
                "strides": View.dense(shape).strides,
                "origin": Corner((turn.image, start, -window.left, tile.first)),
                "box": (1, end - start, window.width, tile.last - tile.first),
            },
            reads=(window.interval(turn, start, end, tile),),
            dram=f"result {tensor}",
            moved=self._moved(tensor, turn, rows),
        )

    def _moved(self, tensor: int, turn: Turn, rows: Rows) -> tuple[int, int]:
        """The bytes of a map in DRAM that lie in new rows of an image of it."""
        _, height, *_ = self.graph.maps[tensor]
        start, end = (min(max(row, 0), height) for row in (rows.start, rows.end))
        image, row, *_ = self.graph.view(tensor).strides
        return turn.image * image + start * row, turn.image * image + end * row

    def border(self, number: int, turn: Turn) -> Iterator[Action | Repeats]:
        """Fill the window of a result, if it has padding above it or beside it; later
        turns only need again what lies above the first rows, where other rows lay.
        """
        tensor = self.layout.sharing.owner[self.graph.tensor_of(number)]
        window, kept = self.window(tensor), self.graph.kept_as(tensor)
        if kept is not None and turn.number:
            return
        above = self.rows(turn, tensor).first
        if turn.number and not self.is_single:
            if above < 0:
                yield from self.for_each(
                    turn, lambda each: [self.fill_rows(tensor, each, above, 0)]
                )
            return
        padded = kept is not None and kept.is_padded
        if self.graph.is_filled(tensor) or padded:
            home = window.home
            for slot in range(home.slots):
                yield self.fill(tensor, At(home.name, slot), 0, home.bytes)

    def fill_rows(self, tensor: int, turn: Turn, start: int, end: int) -> Action:
        """Fill rows [start, end) of a window."""
        window = self.window(tensor)
        at = self.at(window, turn, start, -window.left, self.whole(tensor))
        return self.fill(tensor, at, at.byte, at.byte + (end - start) * window.row)

    def fill(self, tensor: int, at: At, start: int, stop: int) -> Action:
        """Fill bytes [start, stop) of a window: a box that is wholly outside."""
        size = stop - start
        return Action(
            Engine.LOAD,
            "dma.load",
            min(self.graph.readers[tensor], default=tensor - len(self.graph.inputs)),
            {
                "sram": at,
                "shape": (1, 1, 1, 1),
                "strides": (1, 1, 1, 1),
                "origin": Corner((0, 0, 0, 1)),
                "box": (1, 1, 1, size),
                "fill": self.fills[tensor],
            },
            writes=(self.window(tensor).home.interval(at.slot, start, stop),),
            dram=NO_TENSOR,
        )

    def constants(self, number: int) -> Iterator[Action]:
        """The parameters of an operator, and its weights if they come once; those that
        are held, with the first that takes them.
        """
        stage = self.graph.operators[number].stage
        home = self.layout.parameters[number]
        if home and self.graph.comes_with(number, "parameters"):
            size = stage.parameter_bytes
            yield self.constant("parameters", number, home, 0, (0, size), size)
        home = self.layout.weights[number]
        comes = self.graph.comes_with(number, "weight")
        if home and comes and not self.schedule.weights[number].slots:
            size = stage.weight_bytes
            yield self.constant("weight", number, home, 0, (0, size), size)

    def constant(
        self,
        what: str,
        number: int,
        home: Home,
        slot: int,
        part: tuple[int, int],
        total: int,
    ) -> Action:
        """Bytes [start, end) of a constant of an operator into a slot."""
        start, end = part
        return Action(
            Engine.LOAD,
            "dma.load",
            number,
            {
                "sram": At(home.name, slot),
                "shape": (1, 1, 1, total),
                "strides": (total, total, total, 1),
                "origin": Corner((0, 0, 0, start)),
                "box": (1, 1, 1, end - start),
                "fill": 0,
            },
            writes=(home.interval(slot, 0, end - start),),
            dram=f"{what} {number}",
        )

    def keep(self, tensor: int, turn: Turn) -> Iterator[Action]:
        """Move the rows that the next stripe reads again to where it looks for them.

        Inside of one slot as many at once as the way is long, so that none is lost.
        """
        kept = self.graph.kept_as(tensor)
        next_ = turn._replace(number=turn.number + 1, stripe=turn.stripe + 1)
        if next_.stripe == len(self.stripes) or self.is_tiled(tensor) or kept:
            return
        window, all_ = self.window(tensor), self.whole(tensor)
        now, then = self.rows(turn, tensor), self.rows(next_, tensor)
        way = then.first - now.first
        same = window.slot(turn, all_) == window.slot(next_, all_)
        if same and not way:
            return
        start, end = max(then.first, now.first), now.end
        step = way if same else max(end - start, 1)
        for row in range(start, end, step):
            last = min(row + step, end)
            size = (last - row) * window.row
            yield Action(
                Engine.VECTOR,
                "vector.permute",
                max(self.graph.readers[tensor]),
                {
                    "ifm": self.at(window, turn, row, -window.left, all_),
                    "ofm": self.at(window, next_, row, -window.left, all_),
                    "box": (1, 1, 1, size),
                    "strides": (size, size, size, 1),
                },
                (window.interval(turn, row, last, all_),),
                (window.interval(next_, row, last, all_),),
                numbers=False,
            )
