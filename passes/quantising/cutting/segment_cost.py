"""What a segment of the machine takes, by the schedule that the build would use.

It is planned like the quantised one, and costs what its `timeline` says, with its
launches; the share of an operator in work that runs together is that in what all of it
would take alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ...scheduling.network.group_graph import GroupGraph, Schedules
from ...scheduling.schedules.parts import Together
from ...scheduling.strategies.goal import LATENCY
from ...scheduling.strategies.layerwise import cheapest
from ...scheduling.strategies.strategy import Strategy
from ...scheduling.tiled.cost import cost
from ...scheduling.tiled.group import Group
from ...scheduling.tiled.plan import plan
from .preview import operator_of, preview
from .timeline import timed


@dataclass(frozen=True)
class SegmentCost:
    """The time of a segment and what each of its operators has in it.

    ms: of all of it.
    own_ms: of each operator, in their order; they add up to `ms`.
    """

    ms: float
    own_ms: Sequence[float]


class Piece(NamedTuple):
    """Work that runs together: its cycles, and the shares of operators in them.

    launches: whether it begins a launch.
    """

    cycles: int
    launches: bool
    shares: Mapping[int, float]


@dataclass(frozen=True)
class SegmentCosts:
    """What segments take on a machine by a strategy; what was asked for is remembered.

    decide: the strategy.
    launch_cycles: what a launch costs.
    """

    machine: Machine
    decide: Strategy
    launch_cycles: int
    known: dict[tuple[nn.Operator, ...], list[Piece]] = field(default_factory=dict)

    def with_launch(self, microseconds: int) -> "SegmentCosts":
        """The same if a launch took so long, scheduled as if it did not."""
        cycles = self.machine.cycles_of_ns(microseconds * 1000)
        return replace(self, launch_cycles=cycles)

    def of(self, operators: Sequence[nn.Operator]) -> SegmentCost:
        """The cost of a segment with these operators, in this order.

        Raises:
            AipuError: one of them cannot run on the machine.
        """
        key = tuple(operators)
        if key not in self.known:
            self.known[key] = list(self._pieces(operators))
        own = [0.0] * len(operators)
        for piece in self.known[key]:
            cycles = piece.cycles + self.launch_cycles * piece.launches
            for number, share in piece.shares.items():
                own[number] += self.machine.seconds(1) * cycles * share * 1e3
        return SegmentCost(sum(own), own)

    def _pieces(self, operators: Sequence[nn.Operator]) -> Iterator[Piece]:
        """The work of a segment, as the strategy lets it run."""
        graph = preview(operators)
        parts = parts_of(graph, self.decide.schedule(graph, self.machine, LATENCY))
        for part, work in zip(parts, timed(graph, parts, self.machine), strict=True):
            shares: dict[int, float] = defaultdict(float)
            for name, share in self._shares(graph.groups[part.start : part.end]):
                shares[operator_of(name)] += share
            yield Piece(work.cycles, work.launches, shares)

    def _shares(self, groups: Sequence[Group]) -> Iterator[tuple[str, float]]:
        """The share of each of some groups in what they take together."""
        alone = [self._alone(group) for group in groups]
        for group, cycles in zip(groups, alone, strict=True):
            yield group.name, cycles / sum(alone)

    def _alone(self, group: Group) -> int:
        return cost(plan(group, cheapest(group, self.machine)), self.machine).cycles


def parts_of(graph: GroupGraph, schedules: Schedules) -> list[Together]:
    """Schedules as parts of a graph, in its order."""
    place = {group.name: number for number, group in enumerate(graph.groups)}
    found: list[Together] = []
    for names, schedule in schedules.items():
        first, count = (names, 1) if isinstance(names, str) else (names[0], len(names))
        found.append(Together(place[first], place[first] + count, schedule))
    return sorted(found, key=lambda part: part.start)
