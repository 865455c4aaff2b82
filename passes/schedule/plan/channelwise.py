"""Windows over each channel by itself: depthwise convolutions and pools."""

from collections.abc import Mapping
from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Group, Kind, Stage
from ..nest import Affine, Nest, Ring, Share, Step, Transfer, Value, loops_of
from .boxes import (
    NOWHERE,
    RECORD,
    by_loop,
    ifm_box,
    parameters,
    rows_of,
)
from .tail import Tile, plan_tail
from .turns import rows_before_tail, turns


def plan_channelwise(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """Loops over image, row and channel; every tile has ifm channels of its own."""
    stage = group.head
    columns = stage.ofm[2]
    rows, total_rows = rows_before_tail(group, schedule.rows)
    channels = schedule.channels
    loops = loops_of(turns(group, schedule), schedule.order)
    channel = Affine(0, {"channel": channels})
    ifm_tile = (stage.window.reach(0, rows), stage.window.reach(1, columns), channels)
    every_loop = ("image", "row", "channel")
    slots = schedule.slots
    ofm = Ring.renewed_by("ofm", rows * columns * channels, loops, every_loop, slots)
    rings = [
        Ring.renewed_by("ifm", prod(ifm_tile), loops, every_loop, slots),
        ofm,
    ]
    loads = [ifm_box(stage, ifm_tile, rows, channel)]
    reads = {"ifm": "ifm"}
    byte: dict[str, Affine] = {}
    if stage.parameter_bytes:
        ring, load = parameters(stage.parameter_bytes)
        rings.insert(0, ring)
        loads.insert(0, load)
        reads["parameters"] = "parameters"
    if stage.kind is Kind.DEPTHWISE:
        ring = Ring.renewed_by(
            "weight", channels * stage.window.size, loops, ("channel",), slots
        )
        rings.insert(1, ring)
        loads.insert(1, _weight(stage, channels))
        reads["weight"] = "weight"
        byte["parameters"] = by_loop({"channel": channels}, RECORD)
    step = Step(
        0,
        stage.mnemonic,
        Engine.MAC if stage.kind is Kind.DEPTHWISE else Engine.VECTOR,
        len(loops),
        reads,
        {"ofm": ofm.name},
        {
            "ifm_columns": ifm_tile[1],
            "rows": rows_of(rows, total_rows),
            "columns": columns,
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
            **_fields(stage, channels, rows),
        },
        byte,
    )
    head = Nest(loops, tuple(rings), tuple(loads), (step,), ())
    tile = Tile((rows, columns, channels), total_rows, channel)
    return [plan_tail(group, schedule, head, tile)]


def _weight(stage: Stage, channels: int) -> Transfer:
    return Transfer(
        "weight",
        "weight",
        stage.weight_view,
        (NOWHERE, by_loop({"channel": channels}), NOWHERE, NOWHERE),
        (1, channels, stage.window.size, 1),
    )


def _fields(stage: Stage, channels: int, rows: int) -> Mapping[str, Value]:
    if stage.kind is Kind.DEPTHWISE:
        position = by_loop({"channel": channels})
        return {
            "ifm_pitch": channels,
            "channels": Share(channels, stage.ofm[3], position),
            "dilation": stage.window.dilation,
        }
    if not stage.parameter_bytes:
        return {"channels": channels}
    top, left, _, _ = stage.window.pad
    return {
        "channels": channels,
        "counts": stage.parameter_bytes // RECORD,
        "inside": stage.ifm[1:3],
        "corner_row": Affine(-top, {"row": rows * stage.window.stride[0]}),
        "corner_column": -left,
    }
