"""Operators that only move bytes: through the chip, and where needed permuted in it."""

from collections.abc import Iterable, Sequence
from math import prod

from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Copy, Map, Stage, View
from ..nest import LoopIndex, Nest, Ring, Step, Transfer, loops_of
from .boxes import ceil_divide

LOOPS = ("image", "row", "column", "channel")
PERMUTED = ("row", "column", "channel", "depth")
"""The loops over the dimensions of a permutation's ofm."""

START = (0, 0, 0, 0)


def plan_move(stage: Stage, schedule: GroupSchedule) -> list[Nest]:
    """A nest for each copy: in by a load and out by a store of the same ring."""
    return [_copy(copy, schedule) for copy in stage.copies]


def _copy(copy: Copy, schedule: GroupSchedule) -> Nest:
    _, all_rows, all_columns, all_channels = copy.target.shape
    box = (
        1,
        min(schedule.rows, all_rows),
        min(schedule.columns, all_columns),
        min(schedule.channels, all_channels),
    )
    turns = map(ceil_divide, copy.target.shape, box)
    loops = loops_of(dict(zip(LOOPS, turns, strict=True)), LOOPS)
    ring = Ring.renewed_by("ofm", prod(box), loops, LOOPS, schedule.slots)
    load = Transfer(
        "ofm",
        f"input {copy.input}",
        copy.source,
        _position(copy.origin, LOOPS, box),
        box,
        padded=copy.is_padded,
    )
    store = Transfer("ofm", "ofm", copy.target, _position(START, LOOPS, box), box)
    return Nest(loops, (ring,), (load,), None, (store,))


def _position(
    base: Map, loops: Sequence[str], steps: Map
) -> tuple[LoopIndex, LoopIndex, LoopIndex, LoopIndex]:
    """Where a tile begins: at `base`, and further on with every turn of its loop."""
    first, second, third, fourth = (
        LoopIndex(at, {loop: step})
        for at, loop, step in zip(base, loops, steps, strict=True)
    )
    return first, second, third, fourth


def plan_permutation(stage: Stage, schedule: GroupSchedule) -> list[Nest]:
    """Loops over the ofm: in as its bytes lie, permuted on chip, out as they must lie.

    The ifm has the dimensions of the ofm in the order in which they lie there.
    """
    target = View.dense((stage.ofm[1], *stage.box))
    distances = (stage.ofm[3], *stage.steps)
    box = _map(min(pair) for pair in zip(schedule.tile, target.shape, strict=True))
    loops = loops_of(
        dict(zip(PERMUTED, map(ceil_divide, target.shape, box), strict=True)), PERMUTED
    )
    axes = sorted(range(4), key=lambda axis: -distances[axis])
    source = View(
        _map(target.shape[axis] for axis in axes),
        _map(distances[axis] for axis in axes),
    )
    source_box = _map(box[axis] for axis in axes)
    in_source_box = View.dense(source_box).strides
    rings = tuple(
        Ring.renewed_by(name, prod(box), loops, PERMUTED, schedule.slots)
        for name in ("ifm", "ofm")
    )
    at = _position(START, PERMUTED, box)
    first, second, third, fourth = (at[axis] for axis in axes)
    step = Step(
        stage.mnemonic,
        Engine.VECTOR,
        {"ifm": "ifm"},
        {"ofm": "ofm"},
        {
            "box": box,
            "strides": _map(in_source_box[axes.index(axis)] for axis in range(4)),
        },
    )
    load = Transfer(
        "ifm", "input 0", source, (first, second, third, fourth), source_box
    )
    store = Transfer("ofm", "ofm", target, at, box)
    return [Nest(loops, rings, (load,), step, (store,))]


def _map(values: Iterable[int]) -> Map:
    image, row, column, channel = values
    return (image, row, column, channel)
