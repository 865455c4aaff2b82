"""What a stage makes at once, and where that lies in its result."""

from dataclasses import dataclass

from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Map, Stage, View
from ..nest import LoopIndex, Share, Transfer
from .boxes import map_box, part_of


@dataclass(frozen=True)
class Tile:
    """A tile of rows, columns and channels of an ofm, and its first channel there."""

    shape: tuple[int, int, int]
    ofm: Map
    channel: LoopIndex

    @classmethod
    def of(
        cls, stage: Stage, schedule: GroupSchedule, channels: int, channel: LoopIndex
    ) -> "Tile":
        """The tile of a stage by a schedule, of so many channels."""
        _, rows, columns, _ = stage.ofm
        shape = (min(schedule.rows, rows), min(schedule.columns, columns), channels)
        return cls(shape, stage.ofm, channel)

    @property
    def rows(self) -> Share:
        """The rows that are left."""
        return part_of("row", self.shape[0], self.ofm[1])

    @property
    def columns(self) -> Share:
        """The columns that are left."""
        return part_of("column", self.shape[1], self.ofm[2])

    @property
    def elements(self) -> Share:
        """The tile's bytes; the last rows may be missing."""
        rows, columns, channels = self.shape
        row = columns * channels
        position = LoopIndex(0, {"row": rows * row})
        return Share(rows * row, self.ofm[1] * row, position)

    @property
    def store(self) -> Transfer:
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
