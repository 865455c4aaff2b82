"""Where groups lie, and what stays on chip between them, over a function.

A map or a constant that stays lies at the bottom or at the top of what is free as long
as it is needed, whichever leaves more in one piece. Groups lie around them, in turns at
one end of what is free and at the other: what one reads first is not where the one
before it ends.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from .....backend_aipu.machine import Machine
from ...allocation import Interval, aligned
from ..held import Key
from .needs import Need
from .windows import Layout, Place


@dataclass(frozen=True)
class Staying:
    """`bytes` that are there from group `first`, which makes or brings them, to `last`,
    which is the last to read them.
    """

    bytes: int
    first: int
    last: int


def holding(groups: Iterable[Mapping[Key, int]]) -> dict[Key, Staying]:
    """How long constants that groups hold stay on chip, by their keys.

    Args:
        groups: what each holds, in their order: keys, and bytes.
    """
    found: dict[Key, Staying] = {}
    for at, group in enumerate(groups):
        for key, size in group.items():
            first = found[key].first if key in found else at
            found[key] = Staying(size, first, at)
    return found


@dataclass(frozen=True)
class Arranged:
    """For each that stays its address, for each group where it lies beside them."""

    stays: Sequence[int]
    groups: Sequence[Place]


def arrange(
    layouts: Sequence[Layout | None], stays: Sequence[Staying], machine: Machine
) -> Arranged:
    """Places for groups, and for what stays between them.

    What has no room lies at 0, whatever else is there.

    Args:
        layouts: of each group the buffers that it needs; None if it needs all there is.
        stays: what stays on chip.
        machine: on which.
    """
    size, alignment = machine.sram.bytes, machine.sram.alignment
    needs = [size if each is None else each.bytes for each in layouts]
    placed: list[tuple[Staying, int]] = []
    addresses: dict[int, int] = {}
    for number in sorted(range(len(stays)), key=lambda n: (stays[n].first, n)):
        each = stays[number]
        spare = {
            address: min(
                _spare(needs[at], at, [*placed, (each, address)], size, alignment)
                for at in range(each.first, each.last + 1)
            )
            for address in _ends(each, placed, size, alignment)
        }
        address = max(spare, key=lambda a: spare[a], default=0)
        addresses[number] = address
        placed.append((each, address))
    return Arranged(
        [addresses[number] for number in range(len(stays))],
        [*_places(layouts, placed, machine)],
    )


def _places(
    layouts: Sequence[Layout | None],
    placed: Sequence[tuple[Staying, int]],
    machine: Machine,
) -> Iterator[Place]:
    """Where groups lie: those in stripes upwards and downwards in turns, unless more of
    their constants can come early another way.
    """
    size, alignment = machine.sram.bytes, machine.sram.alignment
    everything = [(0, size)]
    downwards, busy = False, everything
    for at, each in enumerate(layouts):
        place = Place(_taken(at, placed, alignment), size, alignment)
        if each is None:
            busy = everything
        else:
            ways = [
                replace(place, downwards=way, busy=beside)
                for beside in ((), busy)
                for way in (downwards, not downwards)
            ]
            possible = [way for way in ways if way.has_room(each.needs)]
            place = max(possible, key=partial(_early, each.needs, busy), default=place)
            downwards = not place.downwards
            busy = [*place.taken, *_at_last(place, each.needs)]
        yield place


def _early(needs: Sequence[Need], busy: Sequence[Interval], place: Place) -> int:
    """The bytes of constants that can come while others are busy: they come in their
    order, and none before one that has to wait.
    """
    addresses, found = place.of(needs), 0
    for need in needs:
        if need.is_early:
            start = addresses[need.name]
            end = start + need.life.bytes
            if any(first < end and start < last for first, last in busy):
                break
            found += need.life.bytes
    return found


def _at_last(place: Place, needs: Sequence[Need]) -> list[Interval]:
    """What a group still has in its last step."""
    addresses, last = place.of(needs), max((need.last for need in needs), default=0)
    return [
        (addresses[need.name], addresses[need.name] + need.life.bytes)
        for need in needs
        if need.last == last
    ]


def _ends(
    each: Staying, placed: Sequence[tuple[Staying, int]], size: int, alignment: int
) -> Iterator[int]:
    """The lowest and the highest address at which one finds room all the time."""
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
) -> list[Interval]:
    """The pieces that others have while a group runs."""
    return sorted(
        (address, aligned(address + each.bytes, alignment))
        for each, address in placed
        if each.first <= at <= each.last
    )


def _gaps(taken: Sequence[Interval], size: int) -> Iterator[Interval]:
    end = 0
    for start, stop in taken:
        if start > end:
            yield end, start
        end = max(end, stop)
    if size > end:
        yield end, size
