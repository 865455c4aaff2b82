"""Operators that treat every byte alike: of one feature map, or of two."""

from math import prod

from .....backend_aipu.counts import Count, limited
from .....dialects.aipu import Engine
from ....machine_forms.stage import Stage, View
from ..nest import Box, LoopIndex, Nest, Ring, Step, Transfer, loops_of
from ..tiling import Tiling
from .boxes import tiles_of, whole_parameters
from .tile import Tile

RINGS = ("ifm", "residual")
LOOPS = ("image", "row", "column", "channel")


def plan_elementwise(stage: Stage, schedule: Tiling[Count]) -> list[Nest[Count]]:
    """Loops over all dimensions; an operand is loaded inside of those that move it.

    A tile that reaches out of the map in columns or channels is computed whole.
    """
    channels = limited(schedule.channels, stage.ofm[3])
    tile = Tile.of(stage, schedule, channels, LoopIndex(0, {"channel": channels}))
    box: Box[Count] = (1, *tile.shape)
    size = prod(tile.shape)
    turns = map(tiles_of, stage.ofm, box)
    loops = loops_of(dict(zip(LOOPS, turns, strict=True)), LOOPS)
    names: dict[str, str] = dict(zip(stage.operands, RINGS, strict=False))
    views = stage.views or (View.dense(stage.ofm),) * len(names)
    rings: list[Ring[Count]] = []
    loads: list[Transfer[Count]] = []
    for number, (name, view) in enumerate(zip(names.values(), views, strict=True)):
        moved = [loop for loop, step in zip(LOOPS, view.strides, strict=True) if step]
        rings.append(Ring.renewed_by(name, size, loops, moved, schedule.slots))
        image, row, column, channel = (
            LoopIndex(0, {loop: extent} if loop in moved else {})
            for loop, extent in zip(LOOPS, box, strict=True)
        )
        origin = (image, row, column, channel)
        loads.append(Transfer(name, f"input {number}", view, origin, box))
    rings.append(Ring.renewed_by("ofm", size, loops, LOOPS, schedule.slots))
    if stage.parameter_bytes:
        names["table"] = "parameters"
        ring, load = whole_parameters(stage.parameter_bytes)
        rings.insert(0, ring)
        loads.insert(0, load)
    step = Step(
        stage.mnemonic,
        Engine.VECTOR,
        names,
        {"ofm": "ofm"},
        {"rows": tile.rows, "channels": tile.shape[2]}
        if stage.by_row
        else {"elements": tile.elements},
    )
    return [Nest(loops, tuple(rings), tuple(loads), step, (tile.store,))]
