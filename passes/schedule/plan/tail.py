"""What runs on a tile after the first stage of a group, without leaving the chip."""

from dataclasses import dataclass, replace

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Group, Kind, Stage, View
from ..nest import Affine, Nest, Ring, Share, Step
from .boxes import map_box, rows_of


@dataclass(frozen=True)
class Tile:
    """A tile of rows, columns and channels; where its first channel lies in the map."""

    shape: tuple[int, int, int]
    total_rows: int
    channel: Affine

    @property
    def elements(self) -> Share:
        """The tile's bytes; the last rows may be missing."""
        rows, columns, channels = self.shape
        row = columns * channels
        position = Affine(0, {"row": rows * row})
        return Share(rows * row, self.total_rows * row, position)


def plan_tail(group: Group, schedule: GroupSchedule, nest: Nest, tile: Tile) -> Nest:
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
    rows, columns, channels = tile.shape
    store = map_box(
        "ofm",
        "ofm",
        View.dense(group.tail.ofm),
        (rows, columns, channels),
        row=Affine(0, {"row": rows}),
        channel=tile.channel,
    )
    return replace(nest, stores=(store,))


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
        map_box(
            "residual",
            f"input {inputs}",
            View.dense(stage.ofm),
            tile.shape,
            row=Affine(0, {"row": tile.shape[0]}),
            channel=tile.channel,
        )
        for _ in others
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
    pooled = rows // stage.window.stride[0]
    total = tile.total_rows // stage.window.stride[0]
    step = Step(
        number,
        stage.mnemonic,
        Engine.VECTOR,
        ifm.level,
        {"ifm": ifm.name},
        {"ofm": "ofm"},
        {
            "ifm_columns": columns,
            "rows": rows_of(pooled, total),
            "columns": stage.ofm[2],
            "channels": channels,
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
        },
    )
    made = replace(ifm, name="ofm", bytes=pooled * stage.ofm[2] * channels)
    nest = replace(nest, rings=(*nest.rings, made), steps=(*nest.steps, step))
    return nest, Tile((pooled, stage.ofm[2], channels), total, tile.channel)
