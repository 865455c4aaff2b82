"""What a segment of the machine takes, by the schedule that the build would use.

It is planned like the quantised one, and costs what the closed forms of the strategies
say, with its launches; the share of an operator in work that runs together is that in
what all of it would take alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....dialects.tile import GroupSchedule, Schedule
from ...scheduling.cost import cost
from ...scheduling.goal import LATENCY
from ...scheduling.group import Group, GroupGraph
from ...scheduling.layerwise import cheapest
from ...scheduling.plan import plan
from ...scheduling.strategy import Strategy
from ...scheduling.striped.following import estimate
from .preview import operator_of, preview

PROGRAM_BYTES, STRIPED_BYTES = 330, 700
"""Of an operator's instructions, by itself and in stripes: the mean (assumed)."""


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
        """The same if a launch took so long: no schedule depends on that."""
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
        limit = self.machine.control.program
        launched = limit
        for names, schedule in self.decide.schedule(
            graph, self.machine, LATENCY
        ).items():
            members = (names,) if isinstance(names, str) else names
            size = _program_bytes(schedule) * len(members)
            launches = not schedule.joined or launched + size > limit
            launched = size if launches else launched + size
            shares: dict[int, float] = defaultdict(float)
            for name, share in self._shares(graph, members).items():
                shares[operator_of(name)] += share
            yield Piece(self._cycles(graph, members, schedule), launches, shares)

    def _cycles(
        self, graph: GroupGraph, names: Sequence[str], schedule: Schedule
    ) -> int:
        """The cycles of groups that run as one, without the launch."""
        if isinstance(schedule, GroupSchedule):
            (first, *others) = _named(graph, names)
            spent = cost(plan(first, schedule), self.machine).cycles
            return spent + sum(map(self._alone, others))
        start = [group.name for group in graph.groups].index(names[0])
        together = graph.together(start, start + len(names))
        if together is None:
            return sum(map(self._alone, _named(graph, names)))
        return estimate(together, schedule, self.machine).cycles

    def _shares(self, graph: GroupGraph, names: Sequence[str]) -> Mapping[str, float]:
        """The share of each of some groups in what they take together."""
        if len(names) == 1:
            return {names[0]: 1.0}
        alone = [self._alone(group) for group in _named(graph, names)]
        return {
            name: cycles / sum(alone) for name, cycles in zip(names, alone, strict=True)
        }

    def _alone(self, group: Group) -> int:
        return cost(plan(group, cheapest(group, self.machine)), self.machine).cycles


def _named(graph: GroupGraph, names: Sequence[str]) -> list[Group]:
    return [group for group in graph.groups if group.name in names]


def _program_bytes(schedule: Schedule) -> int:
    return PROGRAM_BYTES if isinstance(schedule, GroupSchedule) else STRIPED_BYTES
