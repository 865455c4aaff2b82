"""Where buffers lie: addresses in an arena for what is alive at the same time."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from ...backend_aipu.counts import Count, ceil_divide

Interval = tuple[int, int]
"""Bytes of the SRAM, [start, end)."""

_ADDRESS = itemgetter(0)


@dataclass(frozen=True)
class Lifetime:
    """A buffer of `bytes` bytes that is needed from step `first` to step `last`."""

    name: str
    bytes: int
    first: int
    last: int


def aligned(address: Count, alignment: int) -> Count:
    """The first multiple of `alignment` that is not below `address`."""
    return ceil_divide(address, alignment) * alignment


def allocate(lifetimes: Sequence[Lifetime], alignment: int) -> dict[str, int]:
    """Addresses that keep apart what is alive together: greedy, the largest first."""
    return first_fit(largest_first(lifetimes), alignment)


def largest_first(lifetimes: Iterable[Lifetime]) -> list[Lifetime]:
    """In the order in which buffers find room best."""
    return sorted(lifetimes, key=lambda life: (-life.bytes, life.first, life.name))


def first_fit(
    lifetimes: Sequence[Lifetime],
    alignment: int,
    taken: Sequence[tuple[int, int]] = (),
    there: Sequence[tuple[int, Lifetime]] = (),
) -> dict[str, int]:
    """Addresses that keep apart what is alive together, each the lowest that is free,
    and everything apart from what is `taken` from one address up to another, and from
    what is `there` at some address already, which has a place in the answer.
    """
    end = max((life.last for life in lifetimes), default=0)
    always = [(a, Lifetime("", b - a, 0, end)) for a, b in taken]
    placed = [
        (address, aligned(address + life.bytes, alignment), life)
        for address, life in sorted([*always, *there], key=_ADDRESS)
    ]
    for buffer in lifetimes:
        address, size, first, last = 0, buffer.bytes, buffer.first, buffer.last
        for start, behind, other in placed:
            if other.last < first or last < other.first:
                continue
            if address + size <= start:
                break
            if behind > address:
                address = behind
        behind = aligned(address + size, alignment)
        insort(placed, (address, behind, buffer), key=_ADDRESS)
    return {buffer.name: address for address, _, buffer in placed if buffer.name}


def in_a_row(sizes: Sequence[tuple[str, int]], alignment: int) -> dict[str, int]:
    """Addresses one after another, for buffers that are all needed at once."""
    addresses: dict[str, int] = {}
    end = 0
    for name, size in sizes:
        addresses[name] = end
        end = aligned(end + size, alignment)
    return addresses
