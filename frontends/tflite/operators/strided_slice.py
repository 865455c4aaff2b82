"""STRIDED_SLICE: numpy's `x[1:5:2, ..., None, 3]`, with the parts as bit masks."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..moves import reshaped, taken
from ..node import Node, Value


@dataclass(frozen=True)
class Entry:
    """One entry between the brackets; bounds that are None are left out."""

    begin: int | None
    end: int | None
    stride: int
    ellipsis: bool
    new_axis: bool
    shrink: bool


def strided_slice(node: Node) -> Value:
    extents = node.shape(0)
    entries = _entries(node)
    using = sum(not (entry.ellipsis or entry.new_axis) for entry in entries)
    if using > len(extents) or sum(entry.ellipsis for entry in entries) > 1:
        raise node.wrong(f"{using} entries for a tensor of rank {len(extents)}")
    along: list[range] = []
    kept: list[int] = []
    for entry in entries:
        if entry.ellipsis:
            skipped = [range(n) for n in extents[len(along) :][: len(extents) - using]]
            along += skipped
            kept += map(len, skipped)
        elif entry.new_axis:
            kept.append(1)
        else:
            places = _places(node, entry, extents[len(along)])
            along.append(places)
            kept += [] if entry.shrink else [len(places)]
    rest = [range(extent) for extent in extents[len(along) :]]
    value = taken(node, node.value(0), along + rest)
    return reshaped(node, value, [*kept, *map(len, rest)])


def _entries(node: Node) -> list[Entry]:
    begins, ends, strides = (node.constant_integers(at) for at in (1, 2, 3))
    if not len(begins) == len(ends) == len(strides) or 0 in strides:
        raise node.wrong(f"begins {begins}, ends {ends}, strides {strides}")
    if node.integer("Offset", 0):
        ends = [begin + end for begin, end in zip(begins, ends, strict=True)]
    masks: Sequence[int] = [
        node.integer(f"{mask}Mask", 0)
        for mask in ("Begin", "End", "Ellipsis", "NewAxis", "ShrinkAxis")
    ]
    entries: list[Entry] = []
    for position, (begin, end, stride) in enumerate(
        zip(begins, ends, strides, strict=True)
    ):
        no_begin, no_end, ellipsis, new_axis, shrink = (
            bool(mask >> position & 1) for mask in masks
        )
        entries.append(
            Entry(
                None if no_begin else begin,
                None if no_end else end,
                stride,
                ellipsis,
                new_axis,
                shrink,
            )
        )
    return entries


def _places(node: Node, entry: Entry, extent: int) -> range:
    """The elements of one axis; an entry that shrinks is a single index."""
    if not entry.shrink:
        return range(extent)[entry.begin : entry.end : entry.stride]
    first = node.axis(entry.begin or 0, extent)
    return range(first, first + 1)


CONVERTERS = {"STRIDED_SLICE": strided_slice}
