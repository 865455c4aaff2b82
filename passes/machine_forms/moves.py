"""Moves of bytes as copies between tensors of at most four dimensions.

A copy has an axis for each dimension of the network's tensors, of which most say
nothing: those of one element are dropped, and neighbours that are walked as one are
merged. What is left is laid out for the DMA engines, which walk four dimensions, and
for tiles, which are rows and channels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeVar

from ...errors import AipuError
from .stage import Copy, Map, View


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
    image, row, column, channel = _laid_out(axes, Axis(1, 1, 0, 0, 0))

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


AnyAxis = TypeVar("AnyAxis")


@dataclass(frozen=True)
class SharedAxis:
    """One dimension of operands that are walked together.

    The strides are bytes, an operand each; 0 where it is broadcast.
    """

    extent: int
    strides: tuple[int, ...]


def shared_axes(ofm: Sequence[int], *operands: Sequence[int]) -> list[SharedAxis]:
    """The dimensions of `ofm`, as few as possible, over operands broadcast to it."""
    strides = [broadcast_strides(ofm, operand) for operand in operands]
    axes: list[SharedAxis] = []
    for extent, *steps in zip(ofm, *strides, strict=True):
        if extent == 1:
            continue
        whole = tuple(step * extent for step in steps)
        if axes and axes[-1].strides == whole:
            extent *= axes.pop().extent
        axes.append(SharedAxis(extent, tuple(steps)))
    return axes


def broadcast_strides(ofm: Sequence[int], operand: Sequence[int]) -> list[int]:
    """Bytes between neighbours of a dense operand along each dimension of `ofm`."""
    missing = [0] * (len(ofm) - len(operand))
    dense = zip(operand, dense_strides(operand), strict=True)
    return missing + [0 if extent == 1 else stride for extent, stride in dense]


def shared_views(
    ofm: Sequence[int], *operands: Sequence[int]
) -> tuple[Map, list[View]]:
    """How a tile walks: over a map of four dimensions, and over each operand alike.

    Raises:
        AipuError: there are more dimensions than four that cannot be merged.
    """
    axes = shared_axes(ofm, *operands)
    if len(axes) > 4:
        listed = " and ".join(str(list(operand)) for operand in operands)
        raise AipuError(f"{listed} are broadcast along more than four dimensions")
    nothing = SharedAxis(1, (0,) * len(operands))
    image, row, column, channel = _laid_out(axes, nothing)
    shape = (image.extent, row.extent, column.extent, channel.extent)
    views = [
        View(shape, (i, r, c, k))
        for i, r, c, k in zip(
            image.strides, row.strides, column.strides, channel.strides, strict=True
        )
    ]
    return shape, views


def _laid_out(axes: list[AnyAxis], nothing: AnyAxis) -> list[AnyAxis]:
    """Images, rows, columns and channels: tiles cut rows first, then channels."""
    if len(axes) == 4:
        return axes
    row, *rest = axes or [nothing]
    *column, channel = rest or [nothing]
    return [nothing, row, *(column or [nothing]), channel]
