"""The strategy `layerwise`: every layer by itself, with the tiles that cost least.

It tries all sensible tiles of a layer in closed form and keeps the cheapest that fits
the SRAM. Nothing is shared between layers. It is the baseline for every other strategy.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product

import numpy as np
from msgspec import structs

from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule
from ....errors import AipuError
from ...machine_forms.stage import WINDOWED, Stage
from ..network.group_graph import GroupGraph
from ..tiled.cost import cost, costs
from ..tiled.fit import fits, shortage
from ..tiled.group import Group
from ..tiled.plan import plan, plan_all
from ..tiled.tiles import smallest, tilings
from .goal import LATENCY, Goal, Rank


class Layerwise:
    """Every group by itself."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str, GroupSchedule]:
        machine, goal = least_sram(graph, machine, goal)
        return {group.name: cheapest(group, machine, goal) for group in graph.groups}


def least_sram(graph: GroupGraph, machine: Machine, goal: Goal) -> tuple[Machine, Goal]:
    """What the goal `sram` comes to: the fewest cycles with no more of the SRAM than
    the group takes that needs the most of it. Other goals stay as they are.
    """
    if goal.minimise != "sram":
        return machine, goal
    shapes = {_nameless(group): group for group in graph.groups}.values()
    schedules = [(group, cheapest(group, machine, goal)) for group in shapes]
    costs = [cost(plan(group, schedule), machine) for group, schedule in schedules]
    most = max((each.sram_bytes for each in costs), default=machine.sram.bytes)
    less = structs.replace(machine.sram, bytes=most)
    return structs.replace(machine, sram=less), replace(goal, minimise="latency")


def cheapest(group: Group, machine: Machine, goal: Goal = LATENCY) -> GroupSchedule:
    """The schedule of a group that costs the least: cycles, unless the goal is another.

    Only where nothing else fits, or nothing that fills bursts, are tiles cut along all
    dimensions. Only where nothing else fits, sums are split though the weights are few;
    and tiles have one slot, so that transfers and work take turns.

    Raises:
        AipuError: not even the smallest tile fits the machine.
    """
    try:
        return _cheapest(_nameless(group), machine, goal.minimise)
    except AipuError as error:
        raise AipuError(error.message, place=group.name) from None


@lru_cache(maxsize=1 << 12)
def _cheapest(group: Group, machine: Machine, minimise: str) -> GroupSchedule:
    """The same for all groups of a shape: layers, and cuts of a network, share it."""
    goal = Goal(minimise)
    for slots, split in product((2, 1), (False, True)):
        fitting = [*_least(group.stage, machine, goal, slots, split=split, cut=False)]
        if not fitting or _wastes_bursts(group, min(fitting)[1], machine):
            fitting += _least(group.stage, machine, goal, slots, split=split, cut=True)
        if fitting:
            return min(fitting)[1]
    raise AipuError(why_no_room(group, machine) or "no tile fits")


def _least(
    stage: Stage, machine: Machine, goal: Goal, slots: int, *, split: bool, cut: bool
) -> Iterator[tuple[Rank, GroupSchedule]]:
    """Candidates for which there is room, behind their ranks: of those that are weighed
    at once the one that costs the least.
    """
    for candidates in tilings(stage, machine, slots, split=split, cut=cut):
        for schedules, nests in plan_all(stage, candidates):
            spent = costs(nests, machine, np.zeros(len(schedules), np.int64))
            rank = [np.asarray(key) for key in goal.rank(spent, machine)]
            place = _first([*rank, *schedules.tiles], np.asarray(fits(spent, machine)))
            if place is not None:
                yield tuple(key[place].item() for key in rank), schedules[place]


def _first(keys: Sequence[np.ndarray], among: np.ndarray) -> int | None:
    """Where, of the places `among` all, the first key is least; of equals the second,
    and so on. None if there is no place.
    """
    places = np.flatnonzero(among)
    for key in keys:
        if len(places) > 1:
            places = places[key[places] == key[places].min()]
    return int(places[0]) if len(places) else None


def _wastes_bursts(group: Group, schedule: GroupSchedule, machine: Machine) -> bool:
    """Whether the pixels of a tile are pieces of a burst, only to fit whole rows."""
    return group.stage.kind in WINDOWED and schedule.channels < min(
        machine.dram.burst, group.stage.ofm[3]
    )


def why_no_room(group: Group, machine: Machine) -> str | None:
    """Why no schedule of a group fits the machine; None if the smallest tile does.

    A smaller tile needs less of the SRAM; split sums need accumulators besides.
    """
    reasons: list[str] = []
    for split in (False, True):
        nests = plan(group, smallest(group, machine, split=split))
        reason = shortage(nests, machine)
        if reason is None:
            return None
        reasons.append(reason)
    return f"not even its smallest tile fits {machine.name}: {reasons[-1]}"


def _nameless(group: Group) -> Group:
    return Group("", replace(group.stage, name=""))
