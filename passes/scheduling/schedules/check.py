"""Whether schedules compute a network: every operator once, in order, on what there is.

What is accepted computes the same bits, whoever made it: a strategy, a file, a person.
How many bytes of instructions its launches hold shows when they are made.
"""

from collections.abc import Iterator, Mapping, Sequence

from xdsl.utils.exceptions import VerifyException

from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule, Schedule, ScheduleAttr, StripedSchedule
from ....errors import AipuError
from ..network.group_graph import GroupGraph, Schedules
from ..striped.buffers.fit import check_place, check_stripes
from ..striped.graph import Graph
from ..striped.legality import WHAT_CAN, check_stripable
from ..tiled.cost import cost
from ..tiled.fit import check_fit, several_in_tiles, tiles_beside
from ..tiled.plan import plan
from .parts import Together, graphs, places


def check(
    graph: GroupGraph, schedules: Schedules, machine: Machine, by: str = "the strategy"
) -> Sequence[Together]:
    """What runs as one, in the order of the network.

    Args:
        graph: a network, or what of it runs on the machine without a break.
        schedules: of all its groups.
        by: who made them, for the message.

    Raises:
        AipuError: they leave a group out, have it twice or name another; they let run
            together what cannot, or not like that; the machine has no room for it; or
            they are no schedules.
    """
    parts = sorted(_parts(graph, schedules, by), key=lambda part: part.start)
    scheduled = {n for part in parts for n in range(part.start, part.end)}
    for number, group in enumerate(graph.groups):
        if number not in scheduled:
            raise AipuError(f"{by} gives it no schedule", place=group.name)
    for part in parts:
        _check_words(graph, part)
    together = list(graphs(graph, parts))
    for part, each in zip(parts, together, strict=True):
        _check_part(graph, part, each, machine)
    _check_places(graph, parts, together, machine)
    return parts


def _parts(graph: GroupGraph, schedules: Schedules, by: str) -> Iterator[Together]:
    """What is given, one after another, as places in the graph."""
    free = {group.name: number for number, group in enumerate(graph.groups)}
    for names, schedule in _given(schedules, by):
        chosen: list[int] = []
        for name in names:
            if name not in free:
                raise AipuError(
                    f"{by} schedules it though it is no group, or is scheduled already",
                    place=name,
                )
            chosen.append(free.pop(name))
        start, end = chosen[0], chosen[0] + len(chosen)
        if chosen != [*range(start, end)]:
            raise AipuError(
                f"{by} lets groups run together that are no neighbours, or in another "
                "order",
                place=", ".join(names),
                remedy="name groups that follow one another in `graph.groups`",
            )
        yield Together(start, end, schedule)


def _given(schedules: Schedules, by: str) -> Iterator[tuple[tuple[str, ...], Schedule]]:
    """Names of groups that are to be one, and how that runs."""
    if not isinstance(schedules, Mapping):
        raise _no_schedules(f"{type(schedules).__name__} in place of schedules", by)
    for key, schedule in schedules.items():
        names = (key,) if isinstance(key, str) else key
        named = isinstance(names, tuple) and names
        if not named or not all(isinstance(name, str) for name in names):
            raise _no_schedules(f"{key!r} in place of names of groups", by)
        if not isinstance(schedule, GroupSchedule | StripedSchedule):
            raise _no_schedules(f"{schedule!r} in place of a schedule", by)
        yield names, schedule


def _no_schedules(found: str, by: str) -> AipuError:
    return AipuError(
        f"{by} gives {found}",
        remedy="a strategy gives a mapping from the name of a group, or a tuple of "
        "names, to a GroupSchedule or a StripedSchedule",
    )


def _check_words(graph: GroupGraph, part: Together) -> None:
    """Whether a schedule is one."""
    try:
        ScheduleAttr(part.schedule)
    except VerifyException as error:
        name = graph.groups[part.end - 1].name
        raise AipuError(str(error), place=name) from None


def _check_part(
    graph: GroupGraph, part: Together, together: Graph | None, machine: Machine
) -> None:
    """Whether the groups of a part can run as one, by its schedule, on a machine."""
    start, end, schedule = part
    last = graph.groups[end - 1]
    if isinstance(schedule, GroupSchedule):
        if end - start > 1:
            raise several_in_tiles(last.name, end - start)
        spent = cost(plan(last, schedule), machine)
        check_fit(last.name, schedule, spent, machine)
        return
    if together is None:
        raise _why_apart(graph, part)
    check_stripable(last.name, together, schedule)
    check_stripes(last.name, schedule, together, machine)


def _check_places(
    graph: GroupGraph,
    parts: Sequence[Together],
    together: Sequence[Graph | None],
    machine: Machine,
) -> None:
    """Whether there is room on chip for all that is there at once."""
    for part, (layout, place) in zip(
        parts, places(graph, parts, together, machine), strict=True
    ):
        name = graph.groups[part.end - 1].name
        if layout is not None:
            check_place(name, layout, place, machine)
        elif place.taken:
            raise tiles_beside(name)


def _why_apart(graph: GroupGraph, part: Together) -> AipuError:
    """Why groups cannot run as one in stripes."""
    links = graph.links[part.start : part.end]
    last = links[-1]
    inside = {link.name for link in links}
    for link in links:
        if not link.can_stripe:
            result = list(link.map or link.stage.ofm)
            return AipuError(
                f"{link.stage.operator} of {result} cannot run in stripes",
                place=last.name,
                remedy=WHAT_CAN,
            )
    for link in links[:-1]:
        if not set(graph.readers[link.name]) & inside:
            return AipuError(
                f"it cannot run as one with '{last.name}': none of them reads its "
                "result",
                place=link.name,
                remedy="let it run by itself, or be the last of those that are one",
            )
    return AipuError(
        "these groups cannot run as one in stripes: one reads another's result in "
        "another shape, or a pool pads what others pad, too",
        place=", ".join(link.name for link in links),
        remedy="give one of them a group of its own",
    )
