"""The transfers that planners share: boxes of feature maps, weights and parameters."""

from collections.abc import Sequence

from .....backend_aipu.counts import Count, decided
from ....machine_forms.stage import Stage, View
from ..nest import Loop, LoopIndex, Ring, Share, Transfer

Extents = tuple[Count | int, Count | int, Count | int]
"""Rows, columns and channels."""


def tiles_of(extent: int, size: Count | int) -> Count | int:
    """How many tiles of a size an extent has."""
    return -(-extent // size)


def map_box(
    ring: str,
    tensor: str,
    view: View,
    tile: Extents[Count],
    *,
    row: LoopIndex[Count],
    column: LoopIndex[Count],
    channel: LoopIndex[Count],
    padded: bool = False,
) -> Transfer[Count]:
    """Rows, columns and channels of the image of the loop over images."""
    origin = (LoopIndex[Count](0, {"image": 1}), row, column, channel)
    return Transfer(ring, tensor, view, origin, (1, *tile), padded)


def ifm_box(
    stage: Stage,
    tile: Extents[Count],
    rows: Count | int,
    columns: Count | int,
    channel: LoopIndex[Count],
) -> Transfer[Count]:
    """The part of the ifm under rows and columns of the ofm, with its padding."""
    row, column = corner(stage, rows, columns)
    return map_box(
        "ifm",
        "input 0",
        stage.ifm_view or View.dense(stage.ifm),
        tile,
        row=row,
        column=column,
        channel=channel,
        padded=any(stage.window.pad),
    )


def corner(
    stage: Stage, rows: Count | int, columns: Count | int
) -> tuple[LoopIndex[Count], LoopIndex[Count]]:
    """Row and column of the ifm at which the windows of a tile begin."""
    (top, left, _, _), (down, across) = stage.window.pad, stage.window.stride
    return LoopIndex(-top, {"row": rows * down}), LoopIndex(
        -left, {"column": columns * across}
    )


def whole_parameters(size: int) -> tuple[Ring[Count], Transfer[Count]]:
    """What an operator needs beside weights: loaded once, whole, as bytes."""
    shape = (1, 1, 1, size)
    origin = (LoopIndex(), LoopIndex(), LoopIndex(), LoopIndex())
    load = Transfer("parameters", "parameters", View.dense(shape), origin, shape)
    return Ring("parameters", size, 0, 1), load


def records(
    stage: Stage,
    channels: Count,
    channel: LoopIndex[Count],
    loops: Sequence[Loop[Count]],
    tiles: Sequence[Ring[Count]],
    slots: int,
) -> tuple[Ring[Count], Transfer[Count], LoopIndex[Count]]:
    """The parameters of channels, and where those of a tile begin in their ring.

    They are loaded once, whole, unless they take more room than the `tiles` beside
    them: then with every tile of `channels`, which begins at `channel`.

    Raises:
        UndecidedError: they do by some of the schedules.
    """
    record, total = stage.record, stage.ofm[3]
    if decided(record * total <= sum(ring.bytes * ring.slots for ring in tiles)):
        return *whole_parameters(record * total), scaled(channel, record)
    size, depends = record * channels, channel.strides
    ring = Ring.renewed_by("parameters", size, loops, depends, slots)
    view, box = View.dense((1, 1, total, record)), (1, 1, channels, record)
    origin = (LoopIndex(), LoopIndex(), channel, LoopIndex())
    return ring, Transfer("parameters", "parameters", view, origin, box), LoopIndex()


def part_of(loop: str, size: Count | int, total: int) -> Share[Count]:
    """The rows, columns or channels of a tile: what is left of `total`."""
    return Share(size, total, LoopIndex(0, {loop: size}))


def scaled(position: LoopIndex[Count], factor: int) -> LoopIndex[Count]:
    """A position in larger units."""
    return LoopIndex(
        position.base * factor,
        {loop: stride * factor for loop, stride in position.strides.items()},
    )
