"""Convolutions and matrix products, with what follows them on the same tile."""

from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Group
from ..nest import Affine, Nest, Ring, Share, Step, Transfer, loops_of
from .boxes import (
    NOWHERE,
    RECORD,
    by_loop,
    ceil_divide,
    ifm_box,
    parameters,
    rows_of,
)
from .tail import Tile, plan_tail
from .turns import rows_before_tail, turns


def plan_convolution(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """Loops over image, group, row and channel in any order, depth innermost.

    The group of a grouped convolution is a loop: its ifm tile holds the channels of
    all groups, its weights only those of one.
    """
    stage = group.head
    _, _, columns, ofm_channels = stage.ofm
    ifm_channels = stage.ifm[3]
    rows, total_rows = rows_before_tail(group, schedule.rows)
    channels, depth = schedule.channels, schedule.depth
    group_channels = ofm_channels // stage.groups
    group_depth = ifm_channels // stage.groups
    counts = {**turns(group, schedule), "depth": ceil_divide(group_depth, depth)}
    loops = loops_of(counts, (*schedule.order, "depth"))
    channel = {"group": group_channels, "channel": channels}
    pitch = depth if stage.groups == 1 else ifm_channels
    ifm_tile = (
        stage.window.reach(0, rows),
        stage.window.reach(1, columns),
        pitch,
    )
    weight_tile = (channels, stage.window.size, depth)
    ofm_loops = ("image", "group", "row", "channel")
    ifm_loops = ("image", "row", "depth")
    weight_loops = ("group", "channel", "depth")
    weight_image = NOWHERE
    if stage.computed_weight:
        weight_loops = ("image", *weight_loops)
        weight_image = Affine(0, {"image": 1})
    slots = schedule.slots
    parameter_ring, parameter_load = parameters(RECORD * ofm_channels)
    ofm = Ring.renewed_by("ofm", rows * columns * channels, loops, ofm_loops, slots)
    weight = Transfer(
        "weight",
        "input 1" if stage.computed_weight else "weight",
        stage.weight_view,
        (weight_image, by_loop(channel), NOWHERE, Affine(0, {"depth": depth})),
        (1, *weight_tile),
    )
    step = Step(
        0,
        "mac.conv",
        Engine.MAC,
        len(loops),
        {"ifm": "ifm", "weight": "weight", "parameters": "parameters"},
        {"ofm": ofm.name},
        {
            "ifm_columns": ifm_tile[1],
            "ifm_pitch": pitch,
            "rows": rows_of(rows, total_rows),
            "columns": columns,
            "channels": Share(
                channels, group_channels, Affine(0, {"channel": channels})
            ),
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
            "dilation": stage.window.dilation,
            "depth": Share(depth, group_depth, Affine(0, {"depth": depth})),
            "dataflow": schedule.dataflow,
        },
        {
            "ifm": Affine(0, {"group": group_depth}),
            "parameters": by_loop(channel, RECORD),
        },
    )
    head = Nest(
        loops,
        (
            parameter_ring,
            Ring.renewed_by("weight", prod(weight_tile), loops, weight_loops, slots),
            Ring.renewed_by("ifm", prod(ifm_tile), loops, ifm_loops, slots),
            ofm,
        ),
        (
            parameter_load,
            weight,
            ifm_box(stage, ifm_tile, rows, Affine(0, {"depth": depth})),
        ),
        (step,),
        (),
    )
    tile = Tile((rows, columns, channels), total_rows, by_loop(channel))
    return [plan_tail(group, schedule, head, tile)]
