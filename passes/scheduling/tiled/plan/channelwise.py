"""Windows over each channel by itself: depthwise convolutions and pools."""

from collections.abc import Mapping
from math import prod

from .....backend_aipu.counts import Count
from .....backend_aipu.shared_fields import RECORD
from .....dialects.aipu import Engine
from ....machine_forms.stage import Kind, Stage
from ..nest import FieldValue, LoopIndex, Nest, Ring, Share, Step, Transfer, loops_of
from ..tiling import Tiling
from .boxes import corner, ifm_box, records, whole_parameters
from .tile import Tile
from .turns import turns


def plan_channelwise(stage: Stage, schedule: Tiling[Count]) -> list[Nest[Count]]:
    """Loops over image, row, column, channel; a tile has ifm channels of its own."""
    channels = schedule.channels
    loops = loops_of(turns(stage, schedule), schedule.order)
    channel = LoopIndex(0, {"channel": channels})
    tile = Tile.of(stage, schedule, channels, channel)
    rows, columns, _ = tile.shape
    ifm_tile = (stage.window.reach(0, rows), stage.window.reach(1, columns), channels)
    every_loop = ("image", "row", "column", "channel")
    slots = schedule.slots
    ofm = Ring.renewed_by("ofm", prod(tile.shape), loops, every_loop, slots)
    ifm = Ring.renewed_by("ifm", prod(ifm_tile), loops, every_loop, slots)
    constants: list[tuple[Ring[Count], Transfer[Count]]] = []
    byte: dict[str, LoopIndex[Count]] = {}
    if stage.kind is Kind.DEPTHWISE:
        weight = Ring.renewed_by(
            "weight", channels * stage.window.size, loops, ("channel",), slots
        )
        ring, load, byte["parameters"] = records(
            stage, channels, channel, loops, (weight, ifm, ofm), slots
        )
        constants += (ring, load), (weight, _weight(stage, channels))
    elif stage.parameter_bytes:
        constants.append(whole_parameters(stage.parameter_bytes))
    loads = [load for _, load in constants]
    rings = [ring for ring, _ in constants]
    step = Step(
        stage.mnemonic,
        Engine.MAC if stage.kind is Kind.DEPTHWISE else Engine.VECTOR,
        {ring.name: ring.name for ring in (*rings, ifm)},
        {"ofm": ofm.name},
        {
            "ifm_columns": ifm_tile[1],
            "rows": tile.rows,
            "columns": tile.columns,
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
            **_fields(stage, tile),
        },
        byte,
    )
    loads.append(ifm_box(stage, ifm_tile, rows, columns, channel))
    rings = (*rings, ifm, ofm)
    return [Nest(loops, rings, tuple(loads), step, (tile.store,))]


def _weight(stage: Stage, channels: Count) -> Transfer[Count]:
    return Transfer(
        "weight",
        "weight",
        stage.weight_view,
        (LoopIndex(), LoopIndex(0, {"channel": channels}), LoopIndex(), LoopIndex()),
        (1, channels, stage.window.size, 1),
    )


def _fields(stage: Stage, tile: Tile[Count]) -> Mapping[str, FieldValue[Count]]:
    rows, columns, channels = tile.shape
    if stage.kind is Kind.DEPTHWISE:
        position = LoopIndex(0, {"channel": channels})
        return {
            "ifm_pitch": channels,
            "channels": Share(channels, stage.ofm[3], position),
            "dilation": stage.window.dilation,
        }
    if not stage.parameter_bytes:
        return {"channels": channels}
    corner_row, corner_column = corner(stage, rows, columns)
    return {
        "channels": channels,
        "counts": stage.parameter_bytes // RECORD,
        "inside": stage.ifm[1:3],
        "corner_row": corner_row,
        "corner_column": corner_column,
    }
