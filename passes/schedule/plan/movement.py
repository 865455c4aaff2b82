"""Operators that only move bytes: through the chip, and where needed permuted in it."""

from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ..group import Copy, Group, View
from ..nest import Affine, Nest, Ring, Step, Transfer, loops_of
from .boxes import ceil_divide, map_box, rows_of


def plan_move(group: Group, schedule: GroupSchedule) -> list[Nest]:
    """A nest for each copy: in by a load and out by a store of the same ring."""
    return [_copy(copy, schedule) for copy in group.head.copies]


def _copy(copy: Copy, schedule: GroupSchedule) -> Nest:
    images, total, columns, channels = copy.target.shape
    rows = min(schedule.rows, total)
    counts = {"image": images, "row": ceil_divide(total, rows)}
    loops = loops_of(counts, ("image", "row"))
    box = (1, rows, columns, channels)
    ring = Ring.renewed_by("ofm", prod(box), loops, ("image", "row"), schedule.slots)
    strides = ({"image": 1}, {"row": rows}, {}, {})
    bases = copy.origin
    load = Transfer(
        "ofm",
        f"input {copy.input}",
        copy.source,
        _position(bases, strides),
        box,
        padded=copy.is_padded,
    )
    store = Transfer("ofm", "ofm", copy.target, _position((0, 0, 0, 0), strides), box)
    return Nest(loops, (ring,), (load,), (), (store,))


def _position(
    bases: tuple[int, int, int, int], strides: tuple[dict[str, int], ...]
) -> tuple[Affine, Affine, Affine, Affine]:
    image, row, column, channel = map(Affine, bases, strides)
    return image, row, column, channel


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
