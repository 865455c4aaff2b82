"""Actions that move bytes: between DRAM and the chip, and from stripe to stripe."""

from collections.abc import Iterator
from dataclasses import dataclass

from ....dialects.aipu import Engine
from ...machine_forms.stage import View
from .actions import Action, At, Corner
from .frame import Frame
from .windows import Home


@dataclass(frozen=True)
class Transfers(Frame):
    """What comes in, is kept, and goes out."""

    def load(self, tensor: int, stripe: int) -> Iterator[Action]:
        """The new rows of an input, with the padding around them."""
        rows, window = self.stripes[stripe][tensor], self.window(tensor)
        shape = self.graph.maps[tensor]
        if rows.end == rows.start:
            return
        yield Action(
            Engine.LOAD,
            "dma.load",
            min(self.graph.readers[tensor]),
            {
                "sram": self.at(window, stripe, rows.start, -window.left),
                "shape": shape,
                "strides": View.dense(shape).strides,
                "origin": Corner((0, rows.start, -window.left, 0)),
                "box": (1, rows.end - rows.start, window.width, shape[3]),
                "fill": self.fills[tensor],
            },
            writes=(window.interval(stripe, rows.start, rows.end),),
            dram=f"input {tensor}",
        )

    def store(self, stripe: int) -> Iterator[Action]:
        tensor = self.graph.result
        rows, window = self.stripes[stripe][tensor], self.window(tensor)
        shape = self.graph.maps[tensor]
        yield Action(
            Engine.STORE,
            "dma.store",
            len(self.graph.operators) - 1,
            {
                "sram": self.at(window, stripe, rows.start),
                "shape": shape,
                "strides": View.dense(shape).strides,
                "origin": Corner((0, rows.start, 0, 0)),
                "box": (1, rows.end - rows.start, *shape[2:]),
            },
            reads=(window.interval(stripe, rows.start, rows.end),),
            dram="ofm",
        )

    def border(self, number: int) -> Iterator[Action]:
        """Fill the window of a result that has padding above it or beside it."""
        tensor = self.graph.tensor_of(number)
        window = self.window(tensor)
        above = self.stripes[0][tensor].first < 0
        if above or sum(self.graph.borders[tensor]):
            yield self.fill(tensor, At(window.home.name), 0, window.home.bytes)

    def fill(self, tensor: int, at: At, start: int, stop: int) -> Action:
        """Fill bytes [start, stop) of a window: a box that is wholly outside."""
        size = stop - start
        return Action(
            Engine.LOAD,
            "dma.load",
            min(self.graph.readers[tensor]),
            {
                "sram": at,
                "shape": (1, 1, 1, 1),
                "strides": (1, 1, 1, 1),
                "origin": Corner((0, 0, 0, 1)),
                "box": (1, 1, 1, size),
                "fill": self.fills[tensor],
            },
            writes=(self.window(tensor).home.interval(at.slot, start, stop),),
            dram="input 0",
        )

    def constants(self, number: int) -> Iterator[Action]:
        """The parameters of an operator, and its weights if they come once."""
        if number == len(self.graph.operators):
            return
        stage = self.graph.operators[number].stage
        if home := self.layout.parameters[number]:
            size = stage.parameter_bytes
            yield self.constant("parameters", number, home, 0, 0, size, size)
        home = self.layout.weights[number]
        if home and not self.schedule.weights[number].slots:
            size = stage.weight_bytes
            yield self.constant("weight", number, home, 0, 0, size, size)

    def constant(
        self,
        what: str,
        number: int,
        home: Home,
        slot: int,
        start: int,
        size: int,
        total: int,
    ) -> Action:
        """Bytes [start, start + size) of a constant of an operator into a slot."""
        return Action(
            Engine.LOAD,
            "dma.load",
            number,
            {
                "sram": At(home.name, slot),
                "shape": (1, 1, 1, total),
                "strides": (total, total, total, 1),
                "origin": Corner((0, 0, 0, start)),
                "box": (1, 1, 1, size),
                "fill": 0,
            },
            writes=(home.interval(slot, 0, size),),
            dram=f"{what} {number}",
        )

    def keep(self, tensor: int, stripe: int) -> Iterator[Action]:
        """Move the rows that the next stripe reads again to where it looks for them.

        Inside of one slot as many at once as the way is long, so that none is lost.
        """
        if stripe + 1 == len(self.stripes):
            return
        window = self.window(tensor)
        now, then = self.stripes[stripe][tensor], self.stripes[stripe + 1][tensor]
        way = then.first - now.first
        same = window.slot(stripe) == window.slot(stripe + 1)
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
                    "ifm": self.at(window, stripe, row, -window.left),
                    "ofm": self.at(window, stripe + 1, row, -window.left),
                    "box": (1, 1, 1, size),
                    "strides": (size, size, size, 1),
                },
                (window.interval(stripe, row, last),),
                (window.interval(stripe + 1, row, last),),
                numbers=False,
            )
