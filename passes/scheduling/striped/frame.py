"""A striped group as what writes its actions sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ....dialects.tile import StripedSchedule
from .actions import At
from .graph import Graph
from .stripes import Rows
from .windows import Layout, RowWindow


@dataclass(frozen=True)
class Frame:
    """A group with its rows and layout; `fills` is what each tensor is padded with."""

    graph: Graph
    schedule: StripedSchedule
    stripes: Sequence[Sequence[Rows]]
    layout: Layout
    fills: Sequence[int]

    def window(self, tensor: int) -> RowWindow:
        return self.layout.windows[tensor]

    def at(
        self,
        window: RowWindow,
        stripe: int,
        row: int,
        column: int = 0,
        channel: int = 0,
    ) -> At:
        byte = window.byte(stripe, row, column) + channel
        return At(window.home.name, window.slot(stripe), byte)
