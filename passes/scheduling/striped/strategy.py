"""The strategy `striped`: groups of neighbours in stripes wherever that is cheapest.

Of all ways to cut the network, in its order, into groups that can run in stripes and
groups by themselves, the one that costs the fewest cycles: found from the front, since
what comes before a cut does not change what comes after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule, Schedule, StripedSchedule
from ..cost import cost
from ..group import GroupGraph
from ..layerwise import Layerwise
from ..plan import plan
from .candidates import stripe_candidates
from .estimate import estimate
from .graph import Graph

LONGEST = 12
"""So many operators are one group at most."""


@dataclass(frozen=True)
class _Choice:
    """The best way to the end of a group: its cycles, its bytes, where it begins."""

    cycles: int
    dram_bytes: int
    start: int
    schedule: Schedule


class Striped:
    """Groups in stripes, and others by themselves, all joined."""

    def schedule(
        self, graph: GroupGraph, machine: Machine
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        alone = Layerwise().schedule(graph, machine)
        names = [group.name for group in graph.groups]
        costs = [
            cost(plan(group, alone[group.name]), machine) for group in graph.groups
        ]
        striped = _Striping(machine)
        best = [_Choice(0, 0, 0, StripedSchedule(1, (), ""))]
        for end in range(1, len(names) + 1):
            before = best[end - 1]
            choices = [
                _Choice(
                    before.cycles + costs[end - 1].cycles,
                    before.dram_bytes + costs[end - 1].dram_bytes,
                    end - 1,
                    alone[names[end - 1]],
                )
            ]
            for start in range(max(0, end - LONGEST), end - 1):
                choice = striped.best(graph.together(start, end))
                if choice is not None:
                    cycles, moved, schedule = choice
                    choices.append(
                        _Choice(
                            best[start].cycles + cycles,
                            best[start].dram_bytes + moved,
                            start,
                            schedule,
                        )
                    )
            best.append(min(choices, key=lambda each: (each.cycles, each.dram_bytes)))
        return _chosen(names, best)


def _chosen(
    names: Sequence[str], best: Sequence[_Choice]
) -> Mapping[str | tuple[str, ...], Schedule]:
    """The groups of the best way, in their order."""
    found: list[tuple[tuple[str, ...], Schedule]] = []
    end = len(names)
    while end:
        choice = best[end]
        found.append((tuple(names[choice.start : end]), choice.schedule))
        end = choice.start
    return {
        key[0] if isinstance(schedule, GroupSchedule) else key: schedule._replace(
            joined=number > 0
        )
        for number, (key, schedule) in enumerate(reversed(found))
    }


class _Striping:
    """The best schedules of groups in stripes, remembered by their graphs."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.known: dict[Graph, tuple[int, int, StripedSchedule] | None] = {}

    def best(self, graph: Graph | None) -> tuple[int, int, StripedSchedule] | None:
        """Cycles, bytes and schedule; None where the groups cannot run in stripes."""
        if graph is None:
            return None
        if graph not in self.known:
            found = [
                (spent.cycles, spent.dram_bytes, schedule)
                for schedule in stripe_candidates(graph, self.machine)
                if (spent := estimate(graph, schedule, self.machine)).sram_bytes
                <= self.machine.sram.bytes
            ]
            self.known[graph] = min(found, key=lambda each: each[:2], default=None)
        return self.known[graph]
