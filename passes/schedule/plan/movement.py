"""Operators that only move bytes: through the chip, and where needed permuted in it."""

from collections.abc import Mapping
from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Copy, Group, Map, View
from ..nest import Affine, Nest, Ring, Step, Transfer, loops_of
from .boxes import ceil_divide, map_box, rows_of


def plan_move(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """A nest for each copy: in by a load and out by a store of the same ring."""
    return [_copy(copy, schedule) for copy in group.head.copies]


def _copy(copy: Copy, schedule: GroupSchedule) -> Nest:
    images, all_rows, columns, all_channels = copy.target.shape
    rows = min(schedule.rows, all_rows)
    channels = min(schedule.channels, all_channels)
    counts = {
        "image": images,
        "row": ceil_divide(all_rows, rows),
        "channel": ceil_divide(all_channels, channels),
    }
    loops = loops_of(counts, counts)
    box = (1, rows, columns, channels)
    ring = Ring.renewed_by("ofm", prod(box), loops, counts, schedule.slots)
    steps = {"image": 1, "row": rows, "channel": channels}
    load = Transfer(
        "ofm",
        f"input {copy.input}",
        copy.source,
        _position(copy.origin, steps),
        box,
        padded=copy.is_padded,
    )
    store = Transfer("ofm", "ofm", copy.target, _position((0, 0, 0, 0), steps), box)
    return Nest(loops, (ring,), (load,), (), (store,))


def _position(
    base: Map, steps: Mapping[str, int]
) -> tuple[Affine, Affine, Affine, Affine]:
    """Where a tile begins: at `base`, and further on with every turn of the loops."""
    image, row, column, channel = base
    return (
        Affine(image, {"image": steps["image"]}),
        Affine(row, {"row": steps["row"]}),
        Affine(column),
        Affine(channel, {"channel": steps["channel"]}),
    )


def plan_permutation(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """One loop over rows: in as they lie, permuted on chip, out as they must lie."""
    stage = group.head
    _, total, _, width = stage.ofm
    rows = min(schedule.rows, total)
    loops = loops_of({"row": ceil_divide(total, rows)}, ("row",))
    at = rows_of(rows, total).position
    view, tile = View.dense((1, total, 1, width)), (rows, 1, width)
    rings = tuple(
        Ring.renewed_by(name, rows * width, loops, ("row",), schedule.slots)
        for name in ("ifm", "ofm")
    )
    step = Step(
        0,
        stage.mnemonic,
        Engine.VECTOR,
        len(loops),
        {"ifm": "ifm"},
        {"ofm": "ofm"},
        {"box": (rows, *stage.box), "strides": (width, *stage.steps)},
    )
    load = map_box("ifm", "input 0", view, tile, row=at)
    store = map_box("ofm", "ofm", view, tile, row=at)
    return [Nest(loops, rings, (load,), (step,), (store,))]
