"""What stands between brackets in numpy, `x[1:5:2, ..., None, 3]`, as masks say it.

TensorFlow and TFLite have the entries as three lists and five numbers; bit i of one
is about entry i.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.utils.exceptions import VerifyException

from ..network import Emitter
from .moving import Moved, reshaped, shape, taken


@dataclass(frozen=True)
class Masks:
    """Which entries have no begin or no end, or are `...`, `None` or an index."""

    begin: int
    end: int
    ellipsis: int
    new_axis: int
    shrink: int


@dataclass(frozen=True)
class Bounds:
    """The entries: `begin:end:stride` each, as far as a mask says nothing else."""

    begins: Sequence[int]
    ends: Sequence[int]
    strides: Sequence[int]
    masks: Masks


def indexed(node: Emitter, value: Moved, bounds: Bounds) -> Moved:
    """The part of a tensor that lies within the bounds.

    Raises:
        VerifyException: they do not fit it.
    """
    extents, masks, count = shape(value), bounds.masks, len(bounds.begins)
    if not count == len(bounds.ends) == len(bounds.strides) or 0 in bounds.strides:
        raise VerifyException(
            f"begins {bounds.begins}, ends {bounds.ends}, strides {bounds.strides}"
        )
    passing = [_is(masks.ellipsis | masks.new_axis, at) for at in range(count)]
    several = sum(_is(masks.ellipsis, at) for at in range(count)) > 1
    if passing.count(False) > len(extents) or several:
        raise VerifyException(
            f"{passing.count(False)} entries for a tensor of rank {len(extents)}"
        )
    along: list[range] = []
    kept: list[int] = []
    for at in range(count):
        if _is(masks.ellipsis, at):
            skipped = len(extents) - passing.count(False)
            passed = [range(n) for n in extents[len(along) :][:skipped]]
            along += passed
            kept += map(len, passed)
        elif _is(masks.new_axis, at):
            kept.append(1)
        else:
            places = _places(bounds, at, extents[len(along)])
            along.append(places)
            kept += [] if _is(masks.shrink, at) else [len(places)]
    part = taken(node, value, dict(enumerate(along)))
    return reshaped(node, part, [*kept, *extents[len(along) :]])


def _is(mask: int, entry: int) -> bool:
    return bool(mask >> entry & 1)


def _places(bounds: Bounds, at: int, extent: int) -> range:
    """The elements of one axis; an entry that shrinks is a single index."""
    begin, masks = bounds.begins[at], bounds.masks
    if _is(masks.shrink, at):
        first = 0 if _is(masks.begin, at) else begin
        if not -extent <= first < extent:
            raise VerifyException(f"index {first} of {extent} elements")
        return range(first % extent, first % extent + 1)
    return range(extent)[
        None if _is(masks.begin, at) else begin : None
        if _is(masks.end, at)
        else bounds.ends[at] : bounds.strides[at]
    ]
