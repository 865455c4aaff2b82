"""Convolutions and matrix products."""

from math import prod

from .....backend_aipu.counts import Count
from .....dialects.aipu import Engine
from ....machine_forms.stage import Stage
from ..nest import LoopIndex, Nest, Ring, Share, Step, Transfer, loops_of
from ..tiling import Tiling
from .boxes import ifm_box, records, tiles_of
from .tile import Tile
from .turns import turns


def plan_convolution(stage: Stage, schedule: Tiling[Count]) -> list[Nest[Count]]:
    """Loops over image, group, row, column and channel in any order, depth innermost.

    The group of a grouped convolution is a loop: its ifm tile holds the channels of
    all groups, its weights only those of one.
    """
    ofm_channels, ifm_channels = stage.ofm[3], stage.ifm[3]
    channels, depth = schedule.channels, schedule.depth
    group_channels = ofm_channels // stage.groups
    group_depth = ifm_channels // stage.groups
    counts = {**turns(stage, schedule), "depth": tiles_of(group_depth, depth)}
    loops = loops_of(counts, (*schedule.order, "depth"))
    channel = LoopIndex(0, {"group": group_channels, "channel": channels})
    tile = Tile.of(stage, schedule, channels, channel)
    rows, columns, _ = tile.shape
    pitch = depth if stage.groups == 1 else ifm_channels
    ifm_tile = (
        stage.window.reach(0, rows),
        stage.window.reach(1, columns),
        pitch,
    )
    weight_tile = (channels, stage.window.size, depth)
    ofm_loops = ("image", "group", "row", "column", "channel")
    ifm_loops = ("image", "row", "column", "depth")
    weight_loops = ("group", "channel", "depth")
    weight_image = LoopIndex[Count]()
    if stage.computed_weight:
        weight_loops = ("image", *weight_loops)
        weight_image = LoopIndex(0, {"image": 1})
    slots = schedule.slots
    ofm = Ring.renewed_by("ofm", prod(tile.shape), loops, ofm_loops, slots)
    weight = Transfer(
        "weight",
        "input 1" if stage.computed_weight else "weight",
        stage.weight_view,
        (weight_image, channel, LoopIndex(), LoopIndex(0, {"depth": depth})),
        (1, *weight_tile),
    )
    rings = (
        Ring.renewed_by("weight", prod(weight_tile), loops, weight_loops, slots),
        Ring.renewed_by("ifm", prod(ifm_tile), loops, ifm_loops, slots),
        ofm,
    )
    parameter_ring, parameter_load, first_record = records(
        stage, channels, channel, loops, rings, slots
    )
    step = Step(
        stage.mnemonic,
        Engine.MAC,
        {"ifm": "ifm", "weight": "weight", "parameters": "parameters"},
        {"ofm": ofm.name},
        {
            "ifm_columns": ifm_tile[1],
            "ifm_pitch": pitch,
            "rows": tile.rows,
            "columns": tile.columns,
            "channels": Share(
                channels, group_channels, LoopIndex(0, {"channel": channels})
            ),
            "kernel": stage.window.kernel,
            "stride": stage.window.stride,
            "dilation": stage.window.dilation,
            "depth": Share(depth, group_depth, LoopIndex(0, {"depth": depth})),
            "dataflow": schedule.dataflow,
        },
        {
            "ifm": LoopIndex(0, {"group": group_depth}),
            "parameters": first_record,
        },
    )
    nest = Nest(
        loops,
        (parameter_ring, *rings),
        (
            parameter_load,
            weight,
            ifm_box(stage, ifm_tile, rows, columns, LoopIndex(0, {"depth": depth})),
        ),
        step,
        (tile.store,),
    )
    return [nest]
