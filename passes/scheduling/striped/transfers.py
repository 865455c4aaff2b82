"""Actions that move bytes: between DRAM and the chip, and from stripe to stripe."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from ....dialects.aipu import Engine
from ...machine_forms.stage import View
from .actions import Action, At, Corner
from .bundles import ChannelTile
from .frame import Frame
from .stripes import Rows
from .windows import Home

PIECE = 1 << 15
"""Bytes that a transfer moves at least, if not all rows come at once: room for some of
them may be there before that for others.
"""

NO_TENSOR = "nowhere"
"""A tensor in DRAM of which fills read nothing."""


@dataclass(frozen=True)
class Transfers(Frame):
    """What comes in, is kept, and goes out."""

    def load(
        self, tensor: int, stripe: int, tile: ChannelTile | None = None
    ) -> Iterator[Action]:
        """The new rows of an input, with the padding around them; or of a tile."""
        if self.graph.kept_as(tensor):
            return
        rows, window = self.stripes[stripe][tensor], self.window(tensor)
        step = rows.end - rows.start
        if len(self.stripes) == 1:
            step = max(1, PIECE // window.row)
        for start in range(rows.start, rows.end, max(step, 1)):
            some = Rows(start, min(start + step, rows.end), rows.first)
            yield self._load(tensor, stripe, some, tile or self.whole(tensor))

    def _load(self, tensor: int, stripe: int, rows: Rows, tile: ChannelTile) -> Action:
        window, view = self.window(tensor, tile), self.graph.view(tensor)
        return Action(
            Engine.LOAD,
            "dma.load",
            min(self.graph.readers[tensor]),
            {
                "sram": self.at(window, stripe, rows.start, -window.left, tile),
                "shape": view.shape,
                "strides": view.strides,
                "origin": Corner((0, rows.start, -window.left, tile.first)),
                "box": (1, rows.end - rows.start, window.width, tile.last - tile.first),
                "fill": self.fills[tensor],
            },
            writes=(window.interval(stripe, rows.start, rows.end, tile),),
            dram=f"input {tensor}",
            moved=self._moved(tensor, rows),
        )

    def store(
        self, tensor: int, stripe: int, tile: ChannelTile | None = None
    ) -> Iterator[Action]:
        """The new rows of a result, or of a tile of it; what pads them is left out."""
        if self.graph.kept_as(tensor):
            return
        tile = tile or self.whole(tensor)
        rows, window = self.stripes[stripe][tensor], self.window(tensor, tile)
        shape = self.graph.maps[tensor]
        start, end = max(rows.start, 0), min(rows.end, shape[1])
        if end <= start:
            return
        yield Action(
            Engine.STORE,
            "dma.store",
            tensor - len(self.graph.inputs),
            {
                "sram": self.at(window, stripe, start, -window.left, tile),
                "shape": shape,
                "strides": View.dense(shape).strides,
                "origin": Corner((0, start, -window.left, tile.first)),
                "box": (1, end - start, window.width, tile.last - tile.first),
            },
            reads=(window.interval(stripe, start, end, tile),),
            dram=f"result {tensor}",
            moved=self._moved(tensor, rows),
        )

    def _moved(self, tensor: int, rows: Rows) -> tuple[int, int]:
        """The bytes of a map in DRAM that lie in new rows of it."""
        _, height, *_ = self.graph.maps[tensor]
        start, end = (min(max(row, 0), height) for row in (rows.start, rows.end))
        row = self.graph.view(tensor).strides[1]
        return start * row, end * row

    def border(self, number: int) -> Iterator[Action]:
        """Fill the window of a result, if it has padding above it or beside it."""
        tensor = self.layout.sharing.owner[self.graph.tensor_of(number)]
        window, kept = self.window(tensor), self.graph.kept_as(tensor)
        above = self.stripes[0][tensor].first < 0
        padded = kept is not None and kept.bytes > prod(kept.map)
        if above or sum(self.graph.borders[tensor]) or padded:
            home = window.home
            for slot in range(home.slots):
                yield self.fill(tensor, At(home.name, slot), 0, home.bytes)

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
        """The parameters of an operator, and its weights if they come once; if they are
        held, with the first that takes them.
        """
        stage = self.graph.operators[number].stage
        if home := self.layout.parameters[number]:
            size = stage.parameter_bytes
            yield self.constant("parameters", number, home, 0, (0, size), size)
        home, comes = self.layout.weights[number], self.graph.comes_with(number)
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

    def keep(self, tensor: int, stripe: int) -> Iterator[Action]:
        """Move the rows that the next stripe reads again to where it looks for them.

        Inside of one slot as many at once as the way is long, so that none is lost.
        """
        kept = self.graph.kept_as(tensor)
        if stripe + 1 == len(self.stripes) or self.is_tiled(tensor) or kept:
            return
        window, all_ = self.window(tensor), self.whole(tensor)
        now, then = self.stripes[stripe][tensor], self.stripes[stripe + 1][tensor]
        way = then.first - now.first
        same = window.slot(stripe, all_) == window.slot(stripe + 1, all_)
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
                    "ifm": self.at(window, stripe, row, -window.left, all_),
                    "ofm": self.at(window, stripe + 1, row, -window.left, all_),
                    "box": (1, 1, 1, size),
                    "strides": (size, size, size, 1),
                },
                (window.interval(stripe, row, last, all_),),
                (window.interval(stripe + 1, row, last, all_),),
                numbers=False,
            )
