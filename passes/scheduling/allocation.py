"""Where buffers lie: addresses in an arena for what is alive at the same time."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from ...backend_aipu.counts import Count, ceil_divide

Interval = tuple[int, int]
"""Bytes of the SRAM, [start, end)."""

_ADDRESS = itemgetter(0)

_Placed = tuple[int, int, int, int]
"""Where a buffer begins, where the next one can, and in which steps it is there."""


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
    fixed = [(start, behind - start, 0, end) for start, behind in taken]
    fixed += [(start, life.bytes, life.first, life.last) for start, life in there]
    placed = [
        (start, aligned(start + size, alignment), first, last)
        for start, size, first, last in sorted(fixed, key=_ADDRESS)
    ]
    found = {life.name: address for address, life in there}
    for life in lifetimes:
        found[life.name] = _place(placed, life.bytes, life.first, life.last, alignment)
    return dict(sorted(found.items(), key=itemgetter(1)))


def reach(buffers: Iterable[tuple[int, int, int]], alignment: int) -> int:
    """Where the last of buffers ends that find room like that, one after another: of
    each its bytes, its first step and its last.
    """
    placed: list[_Placed] = []
    return max(
        (_place(placed, *each, alignment) + each[0] for each in buffers), default=0
    )


def _place(
    placed: list[_Placed], size: int, first: int, last: int, alignment: int
) -> int:
    """The lowest free address, which is taken then; in the order of their addresses."""
    address = 0
    for start, behind, since, until in placed:
        if until < first or last < since:
            continue
        if address + size <= start:
            break
        if behind > address:
            address = behind
    behind = -(-(address + size) // alignment) * alignment
    insort(placed, (address, behind, first, last), key=_ADDRESS)
    return address


def in_a_row(sizes: Sequence[tuple[str, int]], alignment: int) -> dict[str, int]:
    """Addresses one after another, for buffers that are all needed at once."""
    addresses: dict[str, int] = {}
    end = 0
    for name, size in sizes:
        addresses[name] = end
        end = aligned(end + size, alignment)
    return addresses
