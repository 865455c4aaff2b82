"""Which constants are worth holding on chip: those that several groups take."""

from collections.abc import Mapping, Set

from ....backend_aipu.machine import Machine
from ..striped.buffers.arrange import Staying, holding
from ..striped.held import Key
from .group_graph import GroupGraph

SHARE = 2
"""One part in so many of the SRAM holds constants at most: maps have to move, too."""

WORTH = 16
"""Of all that constants move, one part in so many at least must be saved."""


def shared_constants(graph: GroupGraph, machine: Machine) -> Mapping[Key, Staying]:
    """The constants of groups that hold theirs, by their keys, and from which group to
    which they stay: the most often taken first, as many as there is room for.

    A group that holds one of its constants holds all of them. All groups between run in
    stripes. None if nothing is to stay on chip, or little is saved.
    """
    takers: dict[Key, list[int]] = {}
    moved = saved = 0
    for number, link in enumerate(graph.links):
        for key, size in link.constants.sizes(link.stage):
            moved += size
            saved += size if key in takers else 0
            takers.setdefault(key, []).append(number)
    if "keep" in graph.without or saved * WORTH < moved:
        return {}
    shared = [numbers for numbers in takers.values() if len(numbers) > 1]
    found: Mapping[Key, Staying] = {}
    holders: Set[int] = frozenset()
    for numbers in sorted(shared, key=len, reverse=True):
        more = holders | {*numbers}
        stays = _staying(graph, more)
        if _fits(graph, stays, machine.sram.bytes // SHARE):
            found, holders = stays, more
    return found


def _staying(graph: GroupGraph, holders: Set[int]) -> Mapping[Key, Staying]:
    """How long the constants of some groups stay."""
    return holding(
        dict(link.constants.sizes(link.stage)) if number in holders else {}
        for number, link in enumerate(graph.links)
    )


def _fits(graph: GroupGraph, stays: Mapping[Key, Staying], room: int) -> bool:
    """Whether there is room for what several groups take, and only groups in stripes
    run meanwhile.
    """
    longer = [each for each in stays.values() if each.first < each.last]
    return sum(each.bytes for each in longer) <= room and all(
        link.can_stripe
        for each in longer
        for link in graph.links[each.first : each.last + 1]
    )
