"""The least that a stage must make and read of its feature maps, in whatever tiles.

A byte counts once. What a window skips, what lies outside of a slice, and what an
operand repeats is not read, or not again.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from ...machine_forms.stage import WINDOWED, Copy, Kind, Stage, View, Window


def needed(
    stages: Sequence[Stage], readers: Sequence[Sequence[int]]
) -> tuple[Stage, ...]:
    """The stages of a group, each as far as others of it read what it makes.

    Windows leave out the last rows and columns where they fill no other window; nobody
    has to compute them.

    Args:
        stages: in their order.
        readers: of each the numbers of those that read its result; none of the last.
    """
    found = list(stages)
    for number in reversed(range(len(stages))):
        after = [found[reader] for reader in readers[number]]
        if after:
            found[number] = _under(stages[number], after)
    return tuple(found)


def _under(stage: Stage, after: Sequence[Stage]) -> Stage:
    """A stage as far as any of others reads it."""
    images, rows, columns, channels = stage.ofm
    seen = (
        images,
        max(_seen(reader, 0, rows) for reader in after),
        max(_seen(reader, 1, columns) for reader in after),
        channels,
    )
    return replace(stage, ofm=seen, macs=stage.macs * prod(seen) // prod(stage.ofm))


def _seen(reader: Stage, axis: int, extent: int) -> int:
    """How many of the rows (axis 0) or columns (1) of its ifm a stage looks at."""
    count = reader.ofm[1 + axis]
    if reader.kind not in WINDOWED:
        return count
    end = reader.window.reach(axis, count) - reader.window.pad[axis]
    return max(0, min(extent, end))


def least_reads(stage: Stage) -> tuple[int, ...]:
    """Bytes of each feature map that a stage reads, as its operands come."""
    match stage.kind:
        case Kind.CONVOLUTION | Kind.DEPTHWISE | Kind.POOL:
            reads = (_under_windows(stage),)
            if stage.computed_weight:
                reads += (prod(stage.weight_view.shape),)
            return reads
        case Kind.MOVE if not stage.copies:
            return tuple(prod(stage.ofm[:3]) * part.channels for part in stage.parts)
        case Kind.MOVE:
            inputs = 1 + max(copy.input for copy in stage.copies)
            return tuple(
                max((_read(c) for c in stage.copies if c.input == number), default=0)
                for number in range(inputs)
            )
        case Kind.ELEMENTWISE if stage.views:
            return tuple(map(_different, stage.views))
        case _:
            return (prod(stage.ifm),) * len(stage.operands)


def _under_windows(stage: Stage) -> int:
    """The bytes of the ifm that lie under any window, and not in the padding."""
    images, rows, columns, channels = stage.ifm
    under_rows = _covered(stage.window, 0, stage.ofm[1], rows)
    under_columns = _covered(stage.window, 1, stage.ofm[2], columns)
    return images * under_rows * under_columns * channels


def _covered(window: Window, axis: int, count: int, extent: int) -> int:
    """How many of `extent` rows or columns lie under `count` windows."""
    first, stride = -window.pad[axis], window.stride[axis]
    covered = {
        first + turn * stride + element * window.dilation[axis]
        for element in range(window.kernel[axis])
        for turn in range(count)
    }
    return sum(0 <= place < extent for place in covered)


def _read(copy: Copy) -> int:
    """The bytes of a copy's source that its target takes."""
    return prod(
        max(0, min(first + extent, limit) - max(first, 0))
        for first, extent, limit in zip(
            copy.origin, copy.target.shape, copy.source.shape, strict=True
        )
    )


def _different(view: View) -> int:
    """The bytes of an operand that may be repeated along some dimensions."""
    return prod(
        extent
        for extent, stride in zip(view.shape, view.strides, strict=True)
        if stride
    )
