"""Which tiles of a group are worth trying, by the kind of its stage."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import numpy as np

from ....backend_aipu.counts import Ints
from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule
from ...machine_forms.stage import Kind, Stage
from .group import Group
from .plan.legality import splits_evenly
from .plan.turns import channel_groups
from .tiling import Tilings

ORDERS = (
    ("image", "row", "column", "group", "channel"),
    ("group", "channel", "image", "row", "column"),
)

Tile = tuple[int, int, int, int]
"""Rows, columns, channels and depth, as in a schedule."""

QUARTER, DOUBLE = (5, 4), (2, 1)
"""By how much the number of pieces grows from size to size."""


def candidates(
    group: Group,
    machine: Machine,
    slots: int,
    *,
    split: bool = False,
    cut: bool = False,
) -> Iterator[GroupSchedule]:
    """Schedules worth trying: tiles that divide an extent evenly, or nearly.

    With `split`, sums are also split that have few weights; with `cut`, tiles are also
    cut along the dimensions that are kept whole otherwise.
    """
    several = tilings(group.stage, machine, slots, split=split, cut=cut)
    for place in range(len(several[0])):
        yield from (each[place] for each in several)


def tilings(
    stage: Stage, machine: Machine, slots: int, *, split: bool, cut: bool
) -> list[Tilings]:
    """The same schedules: those of each order of loops, in their order."""
    dataflow = str(machine.array.dataflows[0])
    windowed = stage.kind in (Kind.CONVOLUTION, Kind.DEPTHWISE)
    orders = ORDERS if windowed else ORDERS[:1]
    tiles = _tiles(stage, machine, split=split, cut=cut)
    return [Tilings(order, tiles, dataflow, slots) for order in orders]


def _tiles(stage: Stage, machine: Machine, *, split: bool, cut: bool) -> Ints:
    """Tiles worth trying, int64 [4, tiles]."""
    if stage.kind is Kind.PERMUTE:
        tiles = [*permuted_tiles(stage, machine, cut=cut)]
        return np.array(tiles, np.int64).reshape(-1, 4).T
    sizes = np.meshgrid(
        _rows(stage, machine, cut),
        _columns(stage, cut),
        _channels(stage, machine, cut),
        _depths(stage, machine, split),
        indexing="ij",
    )
    return np.array(sizes, np.int64).reshape(4, -1)


def smallest(group: Group, machine: Machine, *, split: bool) -> GroupSchedule:
    """The schedule whose tile takes the least of the SRAM."""
    stage = group.stage
    if stage.kind is Kind.PERMUTE:
        tile: Tile = (1, 1, 1, 1)
    else:
        channels = _channels(stage, machine, cut=True)[-1]
        tile = (1, 1, channels, _depths(stage, machine, split)[-1])
    return GroupSchedule(ORDERS[0], *tile, str(machine.array.dataflows[0]), slots=1)


def pieces(
    extent: int, step: int, limit: int, growth: tuple[int, int] = QUARTER
) -> list[int]:
    """Sizes up to `limit` that cut an extent evenly, as far as multiples of `step` do.

    The number of pieces grows by about a factor `growth` from size to size.
    """
    sizes: dict[int, None] = {}
    count = max(1, -(-extent // limit))
    while True:
        size = -(-extent // count)
        sizes[min(extent, -(-size // step) * step)] = None
        if size <= step:
            return list(sizes)
        count = max(count + 1, count * growth[0] // growth[1])


def permuted_tiles(stage: Stage, machine: Machine, *, cut: bool) -> Iterator[Tile]:
    """Tiles of a permutation, cut along few dimensions: first along the rows.

    With `cut` also along the others; last along those whose bytes are neighbours, in
    the ifm or in the ofm, since short runs of bytes waste bursts.
    """
    extents = (stage.ofm[1], *stage.box)
    neighbours = min(
        (axis for axis in (1, 2, 3) if extents[axis] > 1),
        key=lambda axis: stage.steps[axis - 1],
        default=3,
    )
    last = sorted({neighbours, 3})
    tile = list(extents)
    for axis in [axis for axis in range(4) if axis not in last]:
        if axis > 0 and not cut:
            return
        limit = max(1, machine.sram.bytes // prod(extents[axis + 1 :]))
        for size in pieces(extents[axis], 1, limit):
            tile[axis] = size
            yield _as_tile(tile)
    if not cut:
        return
    sizes = [pieces(extents[axis], 1, machine.sram.bytes, DOUBLE) for axis in last]
    for chosen in product(*sizes):
        for axis, size in zip(last, chosen, strict=True):
            tile[axis] = size
        yield _as_tile(tile)


def _as_tile(sizes: Sequence[int]) -> Tile:
    rows, columns, channels, depth = sizes
    return (rows, columns, channels, depth)


def _rows(stage: Stage, machine: Machine, cut: bool) -> list[int]:
    """Rows of a tile, not more than could fit the SRAM at all."""
    limit = machine.sram.bytes
    if stage.kind is Kind.MOVE:
        rows = max(copy.target.shape[1] for copy in stage.copies)
    else:
        rows = stage.ofm[1]
        if stage.kind is not Kind.CONVOLUTION and not cut:
            limit = max(1, limit // prod(stage.ofm[2:]))
    return pieces(rows, 1, limit, DOUBLE if cut else QUARTER)


def _columns(stage: Stage, cut: bool) -> list[int]:
    """Columns of a tile: all of them, or with `cut` fewer."""
    if stage.kind is Kind.MOVE:
        columns = max(copy.target.shape[2] for copy in stage.copies)
    else:
        columns = stage.ofm[2]
    return pieces(columns, 1, columns, DOUBLE) if cut else [columns]


def _channels(stage: Stage, machine: Machine, cut: bool) -> list[int]:
    """Channels of a tile; of a convolution's, as many as keep all columns busy."""
    own = stage.ofm[3] // channel_groups(stage)
    match stage.kind:
        case Kind.MOVE:
            channels = max(copy.target.shape[3] for copy in stage.copies)
            return pieces(channels, 1, machine.sram.bytes)
        case Kind.ELEMENTWISE:
            return pieces(own, 1, own, DOUBLE) if cut and not stage.by_row else [own]
        case _ if splits_evenly(stage):
            return [size for size in range(own, 0, -1) if own % size == 0]
        case _:
            return pieces(own, machine.array.columns, own)


def _depths(head: Stage, machine: Machine, split: bool) -> list[int]:
    """Shares of the ifm channels; a quarter of the SRAM is for one of its weights."""
    if head.kind is not Kind.CONVOLUTION:
        return [head.ifm[3]]
    own = head.ifm[3] // head.groups
    weights = own * head.window.size * machine.array.columns
    if head.groups > 1 or (not split and weights <= machine.sram.bytes // 4):
        return [own]
    return pieces(own, machine.array.rows, own)
