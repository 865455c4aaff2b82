"""A striped group as what writes its actions sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .....dialects.tile import StripedSchedule
from ..buffers.windows import Layout, RowWindow
from ..bundles import ChannelTile
from ..graph import Graph
from ..spacing import over_all
from ..stripes import Rows
from ..turns import Turn, Turns
from .actions import At


@dataclass(frozen=True)
class Frame:
    """A group with its rows and layout; `fills` is what each tensor is padded with."""

    graph: Graph
    schedule: StripedSchedule
    stripes: Sequence[Sequence[Rows]]
    layout: Layout
    fills: Sequence[int]

    def window(self, tensor: int, tile: ChannelTile | None = None) -> RowWindow:
        """Where a tensor lies; if in tiles, one of them, which is dense."""
        window = self.layout.windows[tensor]
        if tile is not None and window.tiles:
            return replace(window, pixel=tile.last - tile.first)
        return window

    def is_tiled(self, tensor: int) -> bool:
        """Whether only tiles of its channels lie on chip."""
        return self.window(tensor).tiles > 0

    def whole(self, tensor: int) -> ChannelTile:
        """All channels of a tensor."""
        return ChannelTile(0, 0, self.graph.maps[tensor][3])

    @cached_property
    def turns(self) -> Turns:
        """In which turns it runs."""
        return Turns(len(self.stripes), self.graph.images, self.schedule.images)

    @property
    def is_single(self) -> bool:
        """Whether all rows are there at once."""
        return len(self.stripes) == 1

    @cached_property
    def over_all(self) -> set[int]:
        """The convolutions that run over all images at once as over one."""
        if not self.is_single or self.turns.at_once == 1:
            return set()
        kept = dict(self.graph.kept)
        found = over_all(self.graph, self.layout.sharing)
        return {n for n, places in found.items() if not kept.keys() & {*places}}

    def rows(self, turn: Turn, tensor: int) -> Rows:
        """The rows of a tensor in a turn."""
        return self.stripes[turn.stripe][tensor]

    def at(
        self, window: RowWindow, turn: Turn, row: int, column: int, tile: ChannelTile
    ) -> At:
        """Where a pixel lies, or the channels of a tile in that."""
        byte = window.byte(turn, row, column, tile)
        return At(window.home.name, window.slot(turn, tile), byte)
