"""What a stage makes at once, and where that lies in its result."""

from dataclasses import dataclass
from typing import Generic

from .....backend_aipu.counts import Count, limited
from ....machine_forms.stage import Map, Stage, View
from ..nest import LoopIndex, Share, Transfer
from ..tiling import Tiling
from .boxes import Extents, map_box, part_of


@dataclass(frozen=True)
class Tile(Generic[Count]):
    """A tile of rows, columns and channels of an ofm, and its first channel there."""

    shape: Extents[Count]
    ofm: Map
    channel: LoopIndex[Count]

    @classmethod
    def of(
        cls,
        stage: Stage,
        schedule: Tiling[Count],
        channels: Count | int,
        channel: LoopIndex[Count],
    ) -> "Tile[Count]":
        """The tile of a stage by a schedule, of so many channels."""
        rows = limited(schedule.rows, stage.ofm[1])
        columns = limited(schedule.columns, stage.ofm[2])
        return cls((rows, columns, channels), stage.ofm, channel)

    @property
    def rows(self) -> Share[Count]:
        """The rows that are left."""
        return part_of("row", self.shape[0], self.ofm[1])

    @property
    def columns(self) -> Share[Count]:
        """The columns that are left."""
        return part_of("column", self.shape[1], self.ofm[2])

    @property
    def elements(self) -> Share[Count]:
        """The tile's bytes; the last rows may be missing."""
        rows, columns, channels = self.shape
        row = columns * channels
        position = LoopIndex(0, {"row": rows * row})
        return Share(rows * row, self.ofm[1] * row, position)

    @property
    def store(self) -> Transfer[Count]:
        """The tile on its way from the ring `ofm` to its place in the ofm."""
        return map_box(
            "ofm",
            "ofm",
            View.dense(self.ofm),
            self.shape,
            row=self.rows.position,
            column=self.columns.position,
            channel=self.channel,
        )
