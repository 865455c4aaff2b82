"""Operators that only move bytes: through the chip, and where needed permuted in it."""

from collections.abc import Iterable, Sequence
from math import prod

from .....backend_aipu.counts import Count, limited
from .....dialects.aipu import Engine
from ....machine_forms.stage import Copy, Map, Stage, View, as_map
from ..nest import Box, LoopIndex, Nest, Origin, Ring, Step, Transfer, loops_of
from ..tiling import Tiling
from .boxes import tiles_of

LOOPS = ("image", "row", "column", "channel")
PERMUTED = ("row", "column", "channel", "depth")
"""The loops over the dimensions of a permutation's ofm."""

START = (0, 0, 0, 0)


def plan_move(stage: Stage, schedule: Tiling[Count]) -> list[Nest[Count]]:
    """A nest for each copy: in by a load and out by a store of the same ring."""
    return [_copy(copy, schedule) for copy in stage.copies]


def _copy(copy: Copy, schedule: Tiling[Count]) -> Nest[Count]:
    _, all_rows, all_columns, all_channels = copy.target.shape
    box: Box[Count] = (
        1,
        limited(schedule.rows, all_rows),
        limited(schedule.columns, all_columns),
        limited(schedule.channels, all_channels),
    )
    turns = map(tiles_of, copy.target.shape, box)
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


def _position(base: Map, loops: Sequence[str], steps: Box[Count]) -> Origin[Count]:
    """Where a tile begins: at `base`, and further on with every turn of its loop."""
    first, second, third, fourth = (
        LoopIndex(at, {loop: step})
        for at, loop, step in zip(base, loops, steps, strict=True)
    )
    return first, second, third, fourth


def plan_permutation(stage: Stage, schedule: Tiling[Count]) -> list[Nest[Count]]:
    """Loops over the ofm: in as its bytes lie, permuted on chip, out as they must lie.

    The ifm has the dimensions of the ofm in the order in which they lie there.
    """
    target = View.dense((stage.ofm[1], *stage.box))
    distances = (stage.ofm[3], *stage.steps)
    tile = (schedule.rows, schedule.columns, schedule.channels, schedule.depth)
    box = _box(map(limited, tile, target.shape))
    loops = loops_of(
        dict(zip(PERMUTED, map(tiles_of, target.shape, box), strict=True)), PERMUTED
    )
    axes = sorted(range(4), key=lambda axis: -distances[axis])
    source = View(
        as_map([target.shape[axis] for axis in axes]),
        as_map([distances[axis] for axis in axes]),
    )
    source_box = _box(box[axis] for axis in axes)
    in_source_box = [prod(source_box[number:]) for number in range(1, 5)]
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
            "strides": _box(in_source_box[axes.index(axis)] for axis in range(4)),
        },
    )
    load = Transfer(
        "ifm", "input 0", source, (first, second, third, fourth), source_box
    )
    store = Transfer("ofm", "ofm", target, at, box)
    return [Nest(loops, rings, (load,), step, (store,))]


def _box(extents: Iterable[Count | int]) -> Box[Count]:
    first, second, third, fourth = extents
    return (first, second, third, fourth)
