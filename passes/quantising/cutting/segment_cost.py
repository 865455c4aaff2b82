"""What a segment of the machine takes, by the schedule that the build would use.

It is planned like the quantised one, and costs what the closed forms of the strategies
say, with its launches; the share of an operator in work that runs together is that in
what all of it would take alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace as replace_fields

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....dialects.tile import GroupSchedule, Schedule
from ...scheduling.cost import cost
from ...scheduling.goal import LATENCY
from ...scheduling.group import Group, GroupGraph, Schedules
from ...scheduling.layerwise import cheapest
from ...scheduling.parts import Together, graphs, progress
from ...scheduling.plan import plan
from ...scheduling.strategy import Strategy
from ...scheduling.striped.estimate import asked_of
from ...scheduling.striped.following import INSTRUCTION_BYTES
from ...scheduling.striped.graph import Graph
from .preview import operator_of, preview


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
        limit = self.machine.control.program
        launched, before = limit, 0
        for part, together, after in zip(
            parts,
            graphs(graph, parts),
            progress(graph, parts, self._free),
            strict=True,
        ):
            groups = graph.groups[part.start : part.end]
            size = self._program_bytes(part.schedule, groups, together)
            launches = not part.schedule.joined or launched + size > limit
            launched = size if launches else launched + size
            shares: dict[int, float] = defaultdict(float)
            for name, share in self._shares(groups):
                shares[operator_of(name)] += share
            yield Piece(after.cost.cycles - before, launches, shares)
            before = after.cost.cycles

    @cached_property
    def _free(self) -> Machine:
        """The machine, if a launch cost nothing: pieces are without."""
        control = replace_fields(self.machine.control, launch=0)
        return replace_fields(self.machine, control=control)

    def _program_bytes(
        self, schedule: Schedule, groups: Sequence[Group], together: Graph | None
    ) -> int:
        """Of instructions, about."""
        if isinstance(schedule, GroupSchedule):
            (group,) = groups
            count = cost(plan(group, schedule), self.machine).instructions
        else:
            assert together is not None  # or there would be no progress
            count = asked_of(together, schedule, self.machine).instructions
        return count * INSTRUCTION_BYTES

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
