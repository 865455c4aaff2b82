"""Where the maps that stay on chip between groups lie, over a whole function.

Each lies at the bottom or at the top of what is free as long as it is needed, whichever
leaves more in one piece. Groups lie around them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..allocation import aligned

Piece = tuple[int, int]
"""Addresses [start, end)."""


@dataclass(frozen=True)
class Staying:
    """A map of `bytes` that group `first` makes, and that `last` is last to read."""

    bytes: int
    first: int
    last: int


@dataclass(frozen=True)
class Arranged:
    """For each map its address, for each group what maps have taken meanwhile."""

    maps: Sequence[int]
    taken: Sequence[Sequence[Piece]]


def arrange(
    groups: Sequence[int], maps: Sequence[Staying], size: int, alignment: int
) -> Arranged:
    """Places for the maps that stay between groups that need so many bytes.

    A map without room lies at 0, whatever else is there.
    """
    placed: list[tuple[Staying, int]] = []
    addresses: dict[int, int] = {}
    for number in sorted(range(len(maps)), key=lambda n: (maps[n].first, n)):
        each = maps[number]
        spare = {
            address: min(
                _spare(groups[at], at, [*placed, (each, address)], size, alignment)
                for at in range(each.first, each.last + 1)
            )
            for address in _ends(each, placed, size, alignment)
        }
        address = max(spare, key=lambda a: spare[a], default=0)
        addresses[number] = address
        placed.append((each, address))
    return Arranged(
        [addresses[number] for number in range(len(maps))],
        [_taken(at, placed, alignment) for at in range(len(groups))],
    )


def _ends(
    each: Staying, placed: Sequence[tuple[Staying, int]], size: int, alignment: int
) -> Iterator[int]:
    """The lowest and the highest address at which a map finds room all the time."""
    taken = sorted(
        (address, aligned(address + other.bytes, alignment))
        for other, address in placed
        if other.first <= each.last and each.first <= other.last
    )
    for start, end in _gaps(taken, size):
        if end - start >= each.bytes:
            yield start
            yield (end - each.bytes) // alignment * alignment


def _spare(
    need: int,
    at: int,
    placed: Sequence[tuple[Staying, int]],
    size: int,
    alignment: int,
) -> int:
    """The bytes that a group has more than it needs."""
    gaps = _gaps(_taken(at, placed, alignment), size)
    return max((end - start for start, end in gaps), default=0) - need


def _taken(
    at: int, placed: Sequence[tuple[Staying, int]], alignment: int
) -> list[Piece]:
    """The pieces that maps have while a group runs."""
    return sorted(
        (address, aligned(address + each.bytes, alignment))
        for each, address in placed
        if each.first <= at <= each.last
    )


def _gaps(taken: Sequence[Piece], size: int) -> Iterator[Piece]:
    end = 0
    for start, stop in taken:
        if start > end:
            yield end, start
        end = max(end, stop)
    if size > end:
        yield end, size
