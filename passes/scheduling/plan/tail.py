"""What runs on a tile after the first stage of a group, without leaving the chip."""

from dataclasses import dataclass, replace
from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Kind, Stage, View
from ..group import Group
from ..nest import LoopIndex, Nest, Ring, Share, Step, Transfer
from .boxes import map_box, part_of
from .turns import COLUMNS, ROWS, before_tail


@dataclass(frozen=True)
class Tile:
    """A tile of rows, columns and channels; where its first channel lies in the map.

    Columns that reach out of the map are computed like all others where a later stage
    takes the tile's bytes in a row; the store leaves them out.
    """

    shape: tuple[int, int, int]
    total_rows: int
    total_columns: int
    channel: LoopIndex

    @classmethod
    def of(
        cls, group: Group, schedule: GroupSchedule, channels: int, channel: LoopIndex
    ) -> "Tile":
        """What the first stage of a group makes at once."""
        rows, total_rows = before_tail(group, ROWS, schedule.rows)
        columns, total_columns = before_tail(group, COLUMNS, schedule.columns)
        if len(group.stages) > 1:
            total_columns = -(-total_columns // columns) * columns
        return cls((rows, columns, channels), total_rows, total_columns, channel)

    @property
    def rows(self) -> Share:
        """The rows that are left."""
        return part_of("row", self.shape[0], self.total_rows)

    @property
    def columns(self) -> Share:
        """The columns that are left."""
        return part_of("column", self.shape[1], self.total_columns)

    @property
    def elements(self) -> Share:
        """The tile's bytes; the last rows may be missing."""
        rows, columns, channels = self.shape
        row = columns * channels
        position = LoopIndex(0, {"row": rows * row})
        return Share(rows * row, self.total_rows * row, position)

    def box(self, ring: str, tensor: str, view: View) -> Transfer:
        """The tile's place in a map of its own extents."""
        row, column = self.rows.position, self.columns.position
        return map_box(
            ring, tensor, view, self.shape, row=row, column=column, channel=self.channel
        )


def plan_tail(group: Group, nest: Nest, tile: Tile) -> Nest:
    """Add the later stages and the store of the result to a nest."""
    inputs = 1
    for number, stage in enumerate(group.stages[1:], 1):
        made = nest.ring("ofm")
        between = replace(made, name=f"stage{number}")
        nest = _renamed(nest, between)
        if stage.kind is Kind.POOL:
            nest, tile = _pool(nest, tile, number, stage, between)
        else:
            nest = _elementwise(nest, tile, number, stage, between, inputs)
            inputs += len(stage.operands) - 1
    return replace(nest, stores=(tile.box("ofm", "ofm", View.dense(group.tail.ofm)),))


def _renamed(nest: Nest, ring: Ring) -> Nest:
    """The nest with its result in another ring than `ofm`."""
    *before, last = nest.steps
    writes = dict.fromkeys(last.writes, ring.name)
    rings = [other for other in nest.rings if other.name != "ofm"]
    steps = (*before, replace(last, writes=writes))
    return replace(nest, rings=(*rings, ring), steps=steps)


def _elementwise(
    nest: Nest, tile: Tile, number: int, stage: Stage, ifm: Ring, inputs: int
) -> Nest:
    first, *others = stage.operands
    residual = [replace(ifm, name="residual") for _ in others]
    loads = [
        tile.box("residual", f"input {inputs}", View.dense(stage.ofm)) for _ in others
    ]
    step = Step(
        number,
        stage.mnemonic,
        Engine.VECTOR,
        ifm.level,
        {first: ifm.name, **dict.fromkeys(others, "residual")},
        {"ofm": "ofm"},
        {"elements": tile.elements},
    )
    return replace(
        nest,
        rings=(*nest.rings, *residual, replace(ifm, name="ofm")),
        loads=(*nest.loads, *loads),
        steps=(*nest.steps, step),
    )


def _pool(
    nest: Nest, tile: Tile, number: int, stage: Stage, ifm: Ring
) -> tuple[Nest, Tile]:
    rows, columns, channels = tile.shape
    down, across = stage.window.stride
    pooled = Tile(
        (rows // down, columns // across, channels),
        tile.total_rows // down,
        tile.total_columns // across,
        tile.channel,
    )
    step = Step(
        number,
        stage.mnemonic,
        Engine.VECTOR,
        ifm.level,
        {"ifm": ifm.name},
        {"ofm": "ofm"},
        {
            "ifm_columns": columns,
            "rows": pooled.rows,
            "columns": pooled.columns,
            "channels": channels,
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
        },
    )
    made = replace(ifm, name="ofm", bytes=prod(pooled.shape))
    nest = replace(nest, rings=(*nest.rings, made), steps=(*nest.steps, step))
    return nest, pooled
