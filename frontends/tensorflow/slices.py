"""The part of a tensor that StridedSlice takes, with its five masks."""

from collections.abc import Sequence
from dataclasses import dataclass

from .node import Node


@dataclass(frozen=True)
class Cut:
    """The elements `taken` along each axis, and the shape that they get then."""

    taken: Sequence[range]
    shape: Sequence[int]


def strided(
    node: Node,
    extents: Sequence[int],
    begins: Sequence[int],
    ends: Sequence[int],
    strides: Sequence[int],
) -> Cut:
    """What the bounds and masks of a node take from a tensor.

    Bit i of a mask is about entry i of the bounds, each of which is one of
    tensor[..., numpy.newaxis, index, begin:end:stride].

    Raises:
        AipuError: the bounds do not fit the tensor.
    """
    count = len(begins)
    if not count == len(ends) == len(strides) or 0 in strides:
        raise node.wrong(f"begin {begins}, end {ends}, strides {strides}")

    def marked(mask: str) -> list[bool]:
        bits = node.integer(mask, 0)
        return [bool(bits >> entry & 1) for entry in range(count)]

    ellipsis, new, single, first, last = map(
        marked,
        (
            "ellipsis_mask",
            "new_axis_mask",
            "shrink_axis_mask",
            "begin_mask",
            "end_mask",
        ),
    )
    used = sum(not (ellipsis[entry] or new[entry]) for entry in range(count))
    if used > len(extents) or sum(ellipsis) > 1:
        raise node.wrong(f"{used} bounds for a tensor of rank {len(extents)}")
    taken: list[range] = []
    shape: list[int] = []
    for entry in range(count):
        if ellipsis[entry]:
            skipped = [range(n) for n in extents[len(taken) :][: len(extents) - used]]
            taken += skipped
            shape += map(len, skipped)
        elif new[entry]:
            shape.append(1)
        elif single[entry]:
            extent, index = extents[len(taken)], begins[entry]
            if not -extent <= index < extent:
                raise node.wrong(f"index {index} of {extent} elements")
            taken.append(range(index % extent, index % extent + 1))
        else:
            begin = None if first[entry] else begins[entry]
            end = None if last[entry] else ends[entry]
            along = range(extents[len(taken)])[begin : end : strides[entry]]
            taken.append(along)
            shape.append(len(along))
    rest = [range(extent) for extent in extents[len(taken) :]]
    return Cut([*taken, *rest], [*shape, *map(len, rest)])
