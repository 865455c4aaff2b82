"""Schedules drawn at random that `check` accepts: any groups, rows, weights, residency.

What is drawn is mended where there is no room for it, until there is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import exp, log
from zlib import crc32

import numpy as np

from aipu.backend_aipu.machine import Machine
from aipu.dialects.tile import Schedule, StripedSchedule, Weights
from aipu.errors import AipuError
from aipu.passes.machine_forms.stage import Kind
from aipu.passes.scheduling.network.group_graph import GroupGraph
from aipu.passes.scheduling.network.shared_constants import shared_constants
from aipu.passes.scheduling.schedules.check import check
from aipu.passes.scheduling.schedules.parts import Together
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.striped.accumulating import sums_bytes
from aipu.passes.scheduling.striped.candidates import stripe_candidates
from aipu.passes.scheduling.striped.cost.estimate import asked_of
from aipu.passes.scheduling.striped.graph import Graph

Schedules = dict[str | tuple[str, ...], Schedule]

LONGEST = 8
"""So many operators are one group at most."""

ATTEMPTS = 6
"""So often a schedule of a group is drawn for which there is room."""


class RandomSchedules:
    """Schedules of one network on one machine."""

    def __init__(
        self, graph: GroupGraph, machine: Machine, random: np.random.Generator
    ):
        self.graph = graph
        self.machine = machine
        self.random = random
        self.names = [group.name for group in graph.groups]
        self.alone = Layerwise().schedule(graph, machine)
        self.shared = shared_constants(graph, machine)

    def draw(self) -> Schedules:
        """Schedules of all groups that `check` accepts."""
        parts = list(self._parts())
        failed: Counter[int] = Counter()
        while True:
            schedules: Schedules = {
                self.names[p.start]
                if p.end - p.start == 1
                else tuple(self.names[p.start : p.end]): p.schedule
                for p in parts
            }
            try:
                check(self.graph, schedules, self.machine)
            except AipuError as error:
                at = self._place(parts, error)
                failed[parts[at].start] += 1
                parts = self._mended(parts, at, failed[parts[at].start])
            else:
                return schedules

    def _place(self, parts: Sequence[Together], error: AipuError) -> int:
        """Which part an error is about."""
        number = self.names.index(str(error.place))
        return next(at for at, part in enumerate(parts) if number < part.end)

    def _parts(self) -> Iterator[Together]:
        """Neighbours together as they come, wherever they can be."""
        start = 0
        holds = self.random.random() < 0.5
        while start < len(self.names):
            wanted = int(self.random.integers(1, LONGEST + 1))
            ends = range(min(len(self.names), start + wanted), start, -1)
            end = next((e for e in ends if self.graph.together(start, e)), None)
            part = Together(start, start + 1, self.alone[self.names[start]])
            if end is not None:
                found = self._striped(start, end, holds=holds)
                if found is not None:
                    part = Together(start, end, found)
            joined = start > 0 and self.random.random() < 0.75
            yield part._replace(schedule=part.schedule._replace(joined=joined))
            start = part.end

    def _striped(
        self, start: int, end: int, *, holds: bool = False
    ) -> StripedSchedule | None:
        """Any schedule for which the machine has room by itself; None if none is found.

        Half of them are such as a search would try.
        """
        together = self.graph.together(start, end)
        assert together is not None
        tried = self.random.random() < 0.5
        some = list(stripe_candidates(together, self.machine)) if tried else []
        for _ in range(ATTEMPTS):
            schedule = (
                some[int(self.random.integers(len(some)))]
                if some
                else self._any(start, together)
            )
            spent = asked_of(together, schedule, self.machine)
            if (
                spent.sram_bytes <= self.machine.sram.bytes
                and sums_bytes(together, schedule)
                <= self.machine.array.accumulator_bytes
            ):
                kept = self.random.random() < 0.6
                stays = kept and self.graph.stays(end - 1) is not None
                schedule = schedule._replace(kept=stays)
                return self._holding(start, schedule) if holds else schedule
        return None

    def _any(self, start: int, together: Graph) -> StripedSchedule:
        """Rows, weights and a dataflow as they come."""
        height = together.maps[together.result][1]
        rows = round(exp(self.random.uniform(0, log(height))))
        return StripedSchedule(
            height if self.random.random() < 0.3 else rows,
            tuple(self._weights(together, n) for n in range(len(together.operators))),
            str(self.random.choice(self.machine.array.dataflows)),
            bool(self.random.integers(2)),
        )

    def _weights(self, together: Graph, number: int) -> Weights:
        """How the weights of an operator come."""
        stage = together.operators[number].stage
        if not stage.weight_bytes or self.random.random() < 0.5:
            return Weights()
        channels = round(
            exp(self.random.uniform(log(stage.ofm[3]) / 2, log(stage.ofm[3])))
        )
        deep = stage.kind is Kind.CONVOLUTION and self.random.random() < 0.3
        depth = int(self.random.integers(1, stage.ifm[3] + 1)) if deep else 0
        return Weights(int(self.random.integers(1, 5)), channels, depth)

    def _holding(self, start: int, schedule: StripedSchedule) -> StripedSchedule:
        """Hold the constants that several groups take, if they come once."""
        constants = [link.constants for link in self.graph.links[start:]]
        weights = [
            Weights(held=True)
            if not each.slots and any(key in self.shared for _, key in own.each)
            else each
            for own, each in zip(constants, schedule.weights, strict=False)
        ]
        return schedule._replace(weights=tuple(weights))

    def _mended(
        self, parts: Sequence[Together], at: int, failed: int
    ) -> list[Together]:
        """Parts in which one takes less room: by another schedule; with other maps in
        DRAM; or in tiles, which it does alone.
        """
        start, end, schedule = parts[at]
        less = [
            _in_dram(part) if failed > 1 and self._reaches(part, start) else part
            for part in parts
        ]
        several: list[Together] = []
        if failed < 4 and isinstance(schedule, StripedSchedule):
            other = self._striped(start, end)
            if other is not None:
                other = other._replace(joined=schedule.joined, kept=False)
                several = [Together(start, end, other)]
        several = several or [
            Together(number, number + 1, self.alone[self.names[number]])
            for number in range(start, end)
        ]
        return [*less[:at], *several, *less[at + 1 :]]

    def _reaches(self, part: Together, start: int) -> bool:
        """Whether something that a part leaves on chip may be there from `start` on."""
        if part.start > start:
            return False
        holds = isinstance(part.schedule, StripedSchedule) and any(
            each.held for each in part.schedule.weights
        )
        name = self.names[part.end - 1]
        readers = [n for n, link in enumerate(self.graph.links) if name in link.reads]
        return holds or max(readers, default=0) >= start


def _in_dram(part: Together) -> Together:
    """A part whose result does not stay on chip, and which holds no weights."""
    if not isinstance(part.schedule, StripedSchedule):
        return part
    weights = tuple(w._replace(held=False) for w in part.schedule.weights)
    return part._replace(schedule=part.schedule._replace(kept=False, weights=weights))


DRAWN = f"{__file__}:Drawn"
"""The name of the strategy below."""


class Drawn:
    """Schedules drawn at random; the graph itself is the seed."""

    def schedule(self, graph: GroupGraph, machine: Machine) -> Schedules:
        random = np.random.default_rng(crc32(repr(graph).encode()))
        return RandomSchedules(graph, machine, random).draw()
