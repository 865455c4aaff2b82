"""Moves of bytes as copies between tensors of at most four dimensions.

A copy has an axis for each dimension of the network's tensors, of which most say
nothing: those of one element are dropped, and neighbours that are walked as one are
merged. What is left is laid out for the DMA engines, which walk four dimensions, and
for tiles, which are rows and channels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from ..errors import AipuError
from .schedule.group import Copy, Map, View


@dataclass(frozen=True)
class Axis:
    """One dimension of a copy: `target[i] = source[origin + i]` for `extent` values.

    The source has `source_extent` elements, and a fill outside of them. The strides are
    bytes.
    """

    extent: int
    source_extent: int
    origin: int
    source_stride: int
    target_stride: int


def dense_strides(shape: Sequence[int]) -> list[int]:
    """Bytes between neighbours of a dense tensor, along each dimension."""
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def copy_of(
    input: int, axes: Iterable[Axis], source_offset: int = 0, target_offset: int = 0
) -> Copy:
    """The copy of axes, outermost first; the offsets are bytes.

    Raises:
        AipuError: more than four dimensions are left that cannot be merged.
    """
    axes = merged(axes)
    if len(axes) > 4:
        shape = [axis.extent for axis in axes]
        raise AipuError(f"a move of {shape} has more than four dimensions")
    image, row, column, channel = _laid_out(axes)

    def each(part: str) -> Map:
        return (
            getattr(image, part),
            getattr(row, part),
            getattr(column, part),
            getattr(channel, part),
        )

    return Copy(
        input,
        View(each("source_extent"), each("source_stride"), source_offset),
        each("origin"),
        View(each("extent"), each("target_stride"), target_offset),
    )


def merged(axes: Iterable[Axis]) -> list[Axis]:
    """The same copy with as few axes as possible."""
    result: list[Axis] = []
    for axis in axes:
        if axis.extent == axis.source_extent == 1 and not axis.origin:
            continue
        if result and _continues(result[-1], axis):
            outer = result.pop()
            axis = Axis(
                outer.extent * axis.extent,
                outer.source_extent * axis.extent,
                outer.origin * axis.extent,
                axis.source_stride,
                axis.target_stride,
            )
        result.append(axis)
    return result


def _continues(outer: Axis, inner: Axis) -> bool:
    """Whether the end of each line of `inner` is where the next begins."""
    return (
        inner.extent == inner.source_extent
        and not inner.origin
        and outer.source_stride == inner.source_stride * inner.extent
        and outer.target_stride == inner.target_stride * inner.extent
    )


def _laid_out(axes: list[Axis]) -> list[Axis]:
    """Images, rows, columns and channels: tiles cut rows first, then channels."""
    nothing = Axis(1, 1, 0, 0, 0)
    if len(axes) == 4:
        return axes
    row, *rest = axes or [nothing]
    *column, channel = rest or [nothing]
    return [nothing, row, *(column or [nothing]), channel]
