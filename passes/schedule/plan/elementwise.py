"""Operators that treat every byte alike: feature maps as rows of one byte."""

from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Group, View
from ..nest import Nest, Ring, Step, loops_of
from .boxes import NOWHERE, all_of, ceil_divide, map_box, rows_of
from .tail import Tile, plan_tail

RINGS = ("ifm", "residual")


def plan_elementwise(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """One loop, over pieces of `rows` bytes."""
    stage = group.head
    size = prod(stage.ofm)
    piece = min(schedule.rows, size)
    loops = loops_of({"row": ceil_divide(size, piece)}, ("row",))
    tile = Tile((piece, 1, 1), size, NOWHERE)
    names: dict[str, str] = dict(zip(stage.operands, RINGS, strict=False))
    rings = [
        Ring.renewed_by(name, piece, loops, ("row",), schedule.slots)
        for name in (*names.values(), "ofm")
    ]
    loads = [
        map_box(
            name,
            f"input {number}",
            View.dense((1, size, 1, 1)),
            tile.shape,
            row=rows_of(piece, size).position,
        )
        for number, name in enumerate(names.values())
    ]
    if stage.parameter_bytes:
        names["table"] = "parameters"
        rings.insert(0, Ring("parameters", stage.parameter_bytes, 0, 1))
        loads.insert(0, all_of("parameters", "parameters", stage.parameter_bytes))
    step = Step(
        0,
        stage.mnemonic,
        Engine.VECTOR,
        len(loops),
        names,
        {"ofm": "ofm"},
        {"elements": tile.elements},
    )
    head = Nest(loops, tuple(rings), tuple(loads), (step,), ())
    return [plan_tail(group, schedule, head, tile)]
