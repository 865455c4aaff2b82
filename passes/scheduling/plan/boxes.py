"""The transfers that planners share: boxes of feature maps, weights and parameters."""

from collections.abc import Sequence

from ...machine_forms.stage import Stage, View
from ..nest import Loop, LoopIndex, Ring, Share, Transfer

NOWHERE = LoopIndex()


def ceil_divide(dividend: int, divisor: int) -> int:
    """`dividend / divisor`, rounded up."""
    return -(-dividend // divisor)


def map_box(
    ring: str,
    tensor: str,
    view: View,
    tile: tuple[int, int, int],
    *,
    row: LoopIndex,
    column: LoopIndex,
    channel: LoopIndex = NOWHERE,
    padded: bool = False,
) -> Transfer:
    """Rows, columns and channels of the image of the loop over images."""
    origin = (LoopIndex(0, {"image": 1}), row, column, channel)
    return Transfer(ring, tensor, view, origin, (1, *tile), padded)


def ifm_box(
    stage: Stage,
    tile: tuple[int, int, int],
    rows: int,
    columns: int,
    channel: LoopIndex,
) -> Transfer:
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


def corner(stage: Stage, rows: int, columns: int) -> tuple[LoopIndex, LoopIndex]:
    """Row and column of the ifm at which the windows of a tile begin."""
    (top, left, _, _), (down, across) = stage.window.pad, stage.window.stride
    return LoopIndex(-top, {"row": rows * down}), LoopIndex(
        -left, {"column": columns * across}
    )


def all_of(ring: str, tensor: str, size: int) -> Transfer:
    """A whole tensor, as bytes."""
    shape = (1, 1, 1, size)
    origin = (NOWHERE, NOWHERE, NOWHERE, NOWHERE)
    return Transfer(ring, tensor, View.dense(shape), origin, shape)


def whole_parameters(size: int) -> tuple[Ring, Transfer]:
    """What an operator needs beside weights: loaded once, whole."""
    return Ring("parameters", size, 0, 1), all_of("parameters", "parameters", size)


def records(
    stage: Stage,
    channels: int,
    channel: LoopIndex,
    loops: Sequence[Loop],
    tiles: Sequence[Ring],
) -> tuple[Ring, Transfer, LoopIndex]:
    """The parameters of channels, and where those of a tile begin in their ring.

    They are loaded once, whole, unless they take more room than the `tiles` beside
    them: then with every tile of `channels`, which begins at `channel`.
    """
    record, total = stage.record, stage.ofm[3]
    if record * total <= sum(ring.bytes * ring.slots for ring in tiles):
        return *whole_parameters(record * total), scaled(channel, record)
    slots = max(ring.slots for ring in tiles)
    size, depends = record * channels, channel.strides
    ring = Ring.renewed_by("parameters", size, loops, depends, slots)
    view, box = View.dense((1, 1, total, record)), (1, 1, channels, record)
    origin = (NOWHERE, NOWHERE, channel, NOWHERE)
    return ring, Transfer("parameters", "parameters", view, origin, box), NOWHERE


def part_of(loop: str, size: int, total: int) -> Share:
    """The rows, columns or channels of a tile: what is left of `total`."""
    return Share(size, total, LoopIndex(0, {loop: size}))


def scaled(position: LoopIndex, factor: int) -> LoopIndex:
    """A position in larger units."""
    return LoopIndex(
        position.base * factor,
        {loop: stride * factor for loop, stride in position.strides.items()},
    )
