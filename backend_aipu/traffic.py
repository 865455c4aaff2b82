"""What a transfer of a box moves over the DRAM bus."""

from collections.abc import Sequence
from math import prod

from .machine import Machine


def contiguous_pieces(
    extents: Sequence[int], strides: Sequence[int]
) -> tuple[int, int]:
    """How many runs of consecutive bytes a box has, and how long each is.

    A byte that is repeated at once, innermost, is fetched once.
    """
    piece = 1
    pieces = prod(extents)
    for extent, stride in zip(reversed(extents), reversed(strides), strict=True):
        if extent == 1:
            continue
        if stride == 0 and piece == 1:
            pieces //= extent
            continue
        if stride != piece:
            break
        piece *= extent
    return pieces // piece, piece


def bus_bytes(machine: Machine, extents: Sequence[int], strides: Sequence[int]) -> int:
    """The bytes that cross the bus: whole bursts for every piece."""
    if not prod(extents):
        return 0
    return machine.strided_bytes(*contiguous_pieces(extents, strides))
