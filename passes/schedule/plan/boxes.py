"""The transfers that planners share: boxes of feature maps, weights and parameters."""

from ..group import Stage, View
from ..nest import Affine, Ring, Share, Transfer

RECORD = 8
"""Bytes of the parameters of one channel: bias, multiplier, shift."""

NOWHERE = Affine()


def ceil_divide(dividend: int, divisor: int) -> int:
    """`dividend / divisor`, rounded up."""
    return -(-dividend // divisor)


def map_box(
    ring: str,
    tensor: str,
    view: View,
    tile: tuple[int, int, int],
    *,
    row: Affine,
    column: int = 0,
    channel: Affine = NOWHERE,
    padded: bool = False,
) -> Transfer:
    """Rows, columns and channels of the image of the loop over images."""
    origin = (Affine(0, {"image": 1}), row, Affine(column), channel)
    return Transfer(ring, tensor, view, origin, (1, *tile), padded)


def ifm_box(
    stage: Stage, tile: tuple[int, int, int], rows: int, channel: Affine
) -> Transfer:
    """The part of the ifm under `rows` rows of the ofm, with its padding."""
    top, left, _, _ = stage.window.pad
    return map_box(
        "ifm",
        "input 0",
        stage.ifm_view or View.dense(stage.ifm),
        tile,
        row=Affine(-top, {"row": rows * stage.window.stride[0]}),
        column=-left,
        channel=channel,
        padded=any(stage.window.pad),
    )


def all_of(ring: str, tensor: str, size: int) -> Transfer:
    """A whole tensor, as bytes."""
    shape = (1, 1, 1, size)
    origin = (NOWHERE, NOWHERE, NOWHERE, NOWHERE)
    return Transfer(ring, tensor, View.dense(shape), origin, shape)


def parameters(size: int) -> tuple[Ring, Transfer]:
    """What an operator needs beside weights: loaded once, whole."""
    return Ring("parameters", size, 0, 1), all_of("parameters", "parameters", size)


def rows_of(size: int, total: int) -> Share:
    """The rows of a tile."""
    return Share(size, total, Affine(0, {"row": size}))


def by_loop(strides: dict[str, int], factor: int = 1) -> Affine:
    """An affine function without a base, its strides times a factor."""
    return Affine(0, {loop: stride * factor for loop, stride in strides.items()})
