"""When scheduled work is done: gone through as it will run.

Strategies rank schedules by closed forms. What a cut costs is to be what the build will
report, so groups in stripes that follow each other are gone through action by action:
in the queues of the engines, with the tokens between them, and transfers that share the
bus. Groups in tiles, around which all engines are idle, take what a closed form says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from math import prod
from typing import NamedTuple

import numpy as np

from ....backend_aipu.machine import Machine
from ....backend_aipu.queues import ENGINES, Piece, Queues
from ....backend_aipu.traffic import bus_bytes
from ....dialects.aipu import Engine
from ....dialects.tile import GroupSchedule
from ....errors import AipuError
from ...scheduling.network.group_graph import GroupGraph
from ...scheduling.schedules.parts import Together, graphs, places
from ...scheduling.striped.cost.following import INSTRUCTION_BYTES
from ...scheduling.striped.graph import Graph
from ...scheduling.striped.program.actions import (
    Action,
    Corner,
    Portion,
    Repeats,
    actions_of,
)
from ...scheduling.striped.program.plan import plan_stripes
from ...scheduling.striped.program.roll import HardwareLoop, Node, roll
from ...scheduling.striped.program.synchronise import synchronise
from ...scheduling.striped.segment import entering
from ...scheduling.tiled.cost import expected, tile_cycles
from ...scheduling.tiled.group import Group
from ...scheduling.tiled.plan import plan

MAP = 1 << 40
"""Bytes between maps in DRAM, whose addresses are not known yet."""


class Timed(NamedTuple):
    """Work that runs together: its cycles, and whether a launch begins with it.

    cycles: without the launch; of what follows other work, those that it adds.
    """

    cycles: int
    launches: bool


@dataclass(frozen=True)
class InTiles:
    """Groups in tiles, one after another."""

    cycles: int
    instructions: int


@dataclass(frozen=True)
class InStripes:
    """Groups that run as one in stripes; their actions wait for each other by tokens,
    if these are written.
    """

    parts: tuple[Action | Repeats, ...]

    @property
    def actions(self) -> Iterator[Action]:
        """All of them, in order."""
        return actions_of(self.parts)

    @property
    def instructions(self) -> int:
        """How many its program has, where alike ones are loops."""
        return _count(roll(self.parts))


def timed(
    graph: GroupGraph, parts: Sequence[Together], machine: Machine
) -> list[Timed]:
    """What the parts of a graph take one after another.

    Raises:
        AipuError: a schedule is in stripes, and its groups cannot be.
    """
    works = [*_works(graph, parts, machine)]
    for flow in _flows(works, [False] * len(works)):
        _synchronise(flow)
    launches = [*_launches(parts, works, machine.control.program)]
    cycles: list[int] = []
    for flow in _flows(works, launches):
        cycles += _cycles(flow, machine)
    return [*map(Timed, cycles, launches)]


def _works(
    graph: GroupGraph, parts: Sequence[Together], machine: Machine
) -> Iterator[InTiles | InStripes]:
    together = [*graphs(graph, parts)]
    maps: dict[str, int] = {}
    for part, each, located in zip(
        parts, together, places(graph, parts, together, machine), strict=True
    ):
        schedule = part.schedule
        if isinstance(schedule, GroupSchedule):
            groups = graph.groups[part.start : part.end]
            yield _in_tiles(groups, schedule, machine)
            continue
        if each is None or located.layout is None:
            raise AipuError(
                "these groups cannot run as one in stripes",
                place=graph.groups[part.end - 1].name,
            )
        layout = located.layout.at(located.place)
        plan = plan_stripes(each, schedule, [0] * len(each.maps), layout)
        work = InStripes(plan.parts)
        names = _names(graph, part, each)
        for action in work.actions:
            _touch(action, names, maps)
        yield work


def _in_tiles(
    groups: Sequence[Group], schedule: GroupSchedule, machine: Machine
) -> InTiles:
    costs = [expected(plan(group, schedule), machine) for group in groups]
    return InTiles(
        sum(each.cycles for each in costs), sum(each.instructions for each in costs)
    )


def _names(graph: GroupGraph, part: Together, together: Graph) -> Mapping[str, str]:
    """The maps in DRAM that a part calls by numbers, by the names of their makers."""
    links = graph.links[part.start : part.end]
    names = {f"input {number}": name for number, name in enumerate(entering(links))}
    first = len(together.inputs)
    return names | {f"result {first + n}": link.name for n, link in enumerate(links)}


def _touch(action: Action, names: Mapping[str, str], maps: dict[str, int]) -> None:
    """Let an action say what it touches in DRAM as well."""
    if action.moved is None:
        return
    base = MAP * (1 + maps.setdefault(names[action.dram], len(maps)))
    start, end = action.moved
    touched = ((base + start, base + end),)
    if action.engine is Engine.LOAD:
        action.reads += touched
    else:
        action.writes += touched


def _count(nodes: Iterable[Node]) -> int:
    return sum(
        2 + _count(node.body) if isinstance(node, HardwareLoop) else 1 for node in nodes
    )


Flow = list[InTiles] | list[InStripes]


def _flows(
    works: Sequence[InTiles | InStripes], launches: Sequence[bool]
) -> Iterator[Flow]:
    """Works that follow each other without waiting, up to the next launch."""
    flow: list[InStripes] = []
    for work, launch in zip(works, launches, strict=True):
        if flow and (launch or isinstance(work, InTiles)):
            yield flow
            flow = []
        if isinstance(work, InTiles):
            yield [work]
        else:
            flow.append(work)
    if flow:
        yield flow


def _synchronise(flow: Flow) -> list[Action]:
    """All actions of works that follow each other, with tokens."""
    works = (work for work in flow if isinstance(work, InStripes))
    actions = [*chain.from_iterable(work.actions for work in works)]
    synchronise(actions)
    return actions


def _launches(
    parts: Sequence[Together], works: Sequence[InTiles | InStripes], limit: int
) -> Iterator[bool]:
    """Whether a launch begins with each work: one holds so many bytes."""
    launched = limit
    for part, work in zip(parts, works, strict=True):
        size = (1 + work.instructions) * INSTRUCTION_BYTES
        launches = not part.schedule.joined or launched + size > limit
        launched = size if launches else launched + size
        yield launches


def _cycles(flow: Flow, machine: Machine) -> Iterator[int]:
    """What each of some works adds that follow each other."""
    ends = iter(_ends(_synchronise(flow), machine))
    before = 0
    for work in flow:
        if isinstance(work, InTiles):
            yield work.cycles
            continue
        latest = max(before, *islice(ends, sum(1 for _ in work.actions)))
        yield latest - before
        before = latest


class _Asked(NamedTuple):
    """What an instruction asks for: cycles of its engine, then of the bus."""

    own: int
    bus: int


def _asked(action: Action, machine: Machine) -> _Asked:
    if action.engine not in (Engine.LOAD, Engine.STORE):
        return _Asked(_computed(action, machine), 0)
    shape, strides, box = (
        _integers(action.fields[name]) for name in ("shape", "strides", "box")
    )
    origin = action.fields["origin"]
    assert isinstance(origin, Corner)
    inside = [
        max(0, min(start + size, extent) - max(start, 0))
        for start, size, extent in zip(origin.numbers, box, shape, strict=True)
    ]
    moved = bus_bytes(machine, inside, strides)
    bus = machine.bus_cycles(moved)
    return _Asked(machine.transfer_cycles(moved, prod(box)) - bus, bus)


def _integers(value: object) -> tuple[int, ...]:
    assert isinstance(value, tuple)
    return value


def _computed(action: Action, machine: Machine) -> int:
    fields = {
        name: min(value.size, value.total - value.position)
        if isinstance(value, Portion)
        else value
        for name, value in action.fields.items()
        if isinstance(value, int | str | tuple | Portion)
    }
    return tile_cycles(action.mnemonic, fields, machine)


def _ends(actions: Sequence[Action], machine: Machine) -> list[int]:
    """When each action ends."""
    asked = [_asked(action, machine) for action in actions]
    names = {token for action in actions for token in action.signal}
    token = {name: number for number, name in enumerate(sorted(names))}
    columns = np.zeros((5, len(actions)), np.int64)
    Queues(
        range(len(actions)),
        [ENGINES.index(action.engine) for action in actions],
        [[token[name] for name in action.wait] for action in actions],
        [[token[name] for name in action.signal] for action in actions],
        [each.own for each in asked],
        [each.bus for each in asked],
        len(token),
        machine,
    ).run(Piece(0, len(actions)), 0, columns)
    *_, ends, _ = columns
    return ends.tolist()
