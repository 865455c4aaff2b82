"""Schedules of a whole network as parts in order: which groups run as one, and what
stays on chip between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ....backend_aipu.machine import Machine
from ....dialects.tile import Schedule, StripedSchedule
from ....errors import AipuError
from ..network.group_graph import GroupGraph
from ..striped.buffers.arrange import Staying, arrange, holding
from ..striped.buffers.windows import Layout, Place, layout
from ..striped.graph import Graph
from ..striped.held import NO_KEYS, Key, Keys, held
from ..striped.kept import KEPT, Kept
from ..striped.segment import entering
from ..striped.stripes import stripes


class Together(NamedTuple):
    """Groups `start` to `end` of a graph, which run as one."""

    start: int
    end: int
    schedule: Schedule


class Resident(NamedTuple):
    """The result of a part that stays on chip until part `last` has read it."""

    kept: Kept
    last: int


def staying(graph: GroupGraph, parts: Sequence[Together]) -> dict[int, Resident]:
    """The results that stay on chip, by the number of the part that makes them.

    Raises:
        AipuError: one cannot: others read it than groups in stripes, or not as it is.
    """
    part_of = {n: at for at, p in enumerate(parts) for n in range(p.start, p.end)}
    found: dict[int, Resident] = {}
    for at, part in enumerate(parts):
        if not isinstance(part.schedule, StripedSchedule) or not part.schedule.kept:
            continue
        name = graph.groups[part.end - 1].name
        stays = graph.stays(part.end - 1)
        readers = [
            part_of[number]
            for number, link in enumerate(graph.links)
            if name in link.reads
        ]
        striped = all(
            isinstance(parts[each].schedule, StripedSchedule) for each in readers
        )
        if stays is None or not striped:
            raise AipuError(
                "its result cannot stay on chip: something reads it that does not run "
                "in stripes, reads another shape of it, or pads it with another number",
                place=name,
                remedy="leave out `result sram`, or let all its readers run in stripes",
            )
        found[at] = Resident(stays[0], max(readers))
    return found


def constants_staying(
    graph: GroupGraph, parts: Sequence[Together]
) -> dict[Key, Staying]:
    """The constants that parts hold, by their keys: how long they stay on chip."""
    size = {
        key: bytes_
        for link in graph.links
        for key, bytes_ in link.constants.sizes(link.stage)
    }
    return holding(
        {key: size[key] for each in _held(graph, part) for _, key in each.each}
        for part in parts
    )


def _held(graph: GroupGraph, part: Together) -> Sequence[Keys]:
    """The constants that each operator of a part holds."""
    if not isinstance(part.schedule, StripedSchedule):
        return ()
    members = graph.links[part.start : part.end]
    return [
        member.constants if weights.held else NO_KEYS
        for member, weights in zip(members, part.schedule.weights, strict=False)
    ]


def graphs(graph: GroupGraph, parts: Sequence[Together]) -> Iterator[Graph | None]:
    """What each part is in stripes; None where it is not, or cannot be."""
    stays = staying(graph, parts)
    on_chip = {
        graph.groups[parts[at].end - 1].name: each.kept for at, each in stays.items()
    }
    constants = constants_staying(graph, parts)
    for at, part in enumerate(parts):
        if isinstance(part.schedule, StripedSchedule):
            links = graph.links[part.start : part.end]
            before = {key for key, each in constants.items() if each.first < at}
            read = {name for link in links for name in link.reads}
            there = {name: kept for name, kept in on_chip.items() if name in read}
            keeps = stays[at].kept if at in stays else None
            holds = held(_held(graph, part), before)
            yield graph.together(part.start, part.end, there, keeps, holds)
        else:
            yield None


class Located(NamedTuple):
    """Where a part lies: its buffers, if it runs in stripes, and what they have."""

    layout: Layout | None
    place: Place


def places(
    graph: GroupGraph,
    parts: Sequence[Together],
    together: Sequence[Graph | None],
    machine: Machine,
) -> Iterator[Located]:
    """Where each part lies beside what stays on chip meanwhile."""
    layouts = [
        layout(
            each,
            stripes(each, part.schedule.rows),
            part.schedule,
            machine.sram.alignment,
        )
        if each is not None and isinstance(part.schedule, StripedSchedule)
        else None
        for part, each in zip(parts, together, strict=True)
    ]
    kept, constants = staying(graph, parts), constants_staying(graph, parts)
    maps = [Staying(each.kept.bytes, at, each.last) for at, each in kept.items()]
    arranged = arrange(layouts, [*maps, *constants.values()], machine)
    makers = [graph.groups[parts[at].end - 1].name for at in kept]
    address = dict(zip([*makers, *constants], arranged.stays, strict=True))
    for part, each, found, place in zip(
        parts, together, layouts, arranged.groups, strict=True
    ):
        stays = dict(_stays(graph, part, each)) if each is not None else {}
        here = {name: address[longer] for name, longer in stays.items()}
        yield Located(found, replace(place, stays=here))


def _stays(
    graph: GroupGraph, part: Together, together: Graph
) -> Iterator[tuple[str, str | Key]]:
    """What of a part stays longer: its name in there, and that of its maker or key."""
    links = graph.links[part.start : part.end]
    makers = [*entering(links), *(link.name for link in links)]
    for tensor, _ in together.kept:
        yield f"{KEPT}{tensor}", makers[tensor]
    for each in together.held:
        keys = dict(links[each.first].constants.each)
        yield each.home, keys[each.what]
