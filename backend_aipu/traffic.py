"""What a transfer of a box moves over the DRAM bus; or transfers of many boxes."""

from collections.abc import Sequence

from .counts import Count
from .machine import Machine


def contiguous_pieces(
    extents: Sequence[Count | int], strides: Sequence[int]
) -> tuple[Count | int, Count | int]:
    """How many runs of consecutive bytes a box has, and how long each is.

    A byte that is repeated at once, innermost, is fetched once.
    """
    pieces = piece = 1
    within = True
    for extent, stride in zip(reversed(extents), reversed(strides), strict=True):
        if stride:
            joins = within & (piece == stride)
            piece = piece * (1 + joins * (extent - 1))
        else:
            joins = within & (piece == 1) & (extent > 0)
        within = joins | within & (extent == 1)
        pieces = pieces * (1 + (1 - within) * (extent - 1))
    return pieces, piece


def bus_bytes(
    machine: Machine, extents: Sequence[Count | int], strides: Sequence[int]
) -> Count | int:
    """The bytes that cross the bus: whole bursts for every piece."""
    return machine.strided_bytes(*contiguous_pieces(extents, strides))
