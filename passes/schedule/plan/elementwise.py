"""Operators that treat every byte alike: of one feature map, or of two."""

from dataclasses import replace
from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Group, View
from ..nest import Nest, Ring, Step, Transfer, loops_of
from .boxes import NOWHERE, all_of, ceil_divide, map_box, rows_of
from .tail import Tile, plan_tail

RINGS = ("ifm", "residual")


def plan_elementwise(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """Loops over images and rows; what these do not move is loaded before them."""
    stage = group.head
    images, total, columns, channels = stage.ofm
    rows = min(schedule.rows, total)
    every_loop = ("image", "row")
    counts = {"image": images, "row": ceil_divide(total, rows)}
    loops = loops_of(counts, every_loop)
    tile = Tile((rows, columns, channels), total, NOWHERE)
    size = prod(tile.shape)
    names: dict[str, str] = dict(zip(stage.operands, RINGS, strict=False))
    views = stage.views or (View.dense(stage.ofm),) * len(names)
    rings: list[Ring] = []
    loads: list[Transfer] = []
    for number, (name, view) in enumerate(zip(names.values(), views, strict=True)):
        depends = [
            loop for loop, step in zip(every_loop, view.strides, strict=False) if step
        ]
        rings.append(Ring.renewed_by(name, size, loops, depends, schedule.slots))
        row = rows_of(rows, total).position if "row" in depends else NOWHERE
        box = map_box(name, f"input {number}", view, tile.shape, row=row)
        if "image" not in depends:
            box = replace(box, origin=(NOWHERE, *box.origin[1:]))
        loads.append(box)
    rings.append(Ring.renewed_by("ofm", size, loops, every_loop, schedule.slots))
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
        {"rows": rows_of(rows, total), "channels": channels}
        if stage.by_row
        else {"elements": tile.elements},
    )
    head = Nest(loops, tuple(rings), tuple(loads), (step,), ())
    return [plan_tail(group, schedule, head, tile)]
