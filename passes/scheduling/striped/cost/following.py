"""How long groups take that follow each other: what one fetches while another computes.

While the array is busy with one thing, constants of the next come in, if there is room
for all of them; its feature maps, too, if both groups go through rows from the first to
the last.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, NamedTuple

import numpy as np

from .....backend_aipu.counts import Count, greater, lesser, shortfall, unless
from .....backend_aipu.machine import Machine
from .....dialects.tile import StripedSchedule
from ...tiled.cost import Cost
from ..graph import Graph
from ..stripes import Ints
from .estimate import Spent, asked_of

INSTRUCTION_BYTES = 32
"""What an instruction takes of a launch, with its descriptor: about so much."""


class Progress(NamedTuple, Generic[Count]):
    """How far a machine is with all groups so far; or how far many are.

    computed, moved: cycles at which the array, and the bus, are done.
    tail: cycles of the last store behind that.
    by_rows: 1 if the first rows of the last result are there first, or else 0.
    sram_bytes, sram_peak: what the last group occupies, with the maps that stay; and
        the most that any did.
    dram_bytes: over the bus.
    instructions: of all programs, each of which has its share of a launch.
    """

    computed: Count
    moved: Count
    tail: Count
    by_rows: Count
    sram_bytes: Count
    sram_peak: Count
    dram_bytes: Count
    instructions: Count

    def follow(
        self, spent: Spent[Count], machine: Machine, staying: Count
    ) -> "Progress[Count]":
        """After another group, that does not wait until this one is done; maps of so
        many bytes stay meanwhile.
        """
        room = machine.bus_cycles(shortfall(self.sram_bytes, machine.sram.bytes))
        begin = greater(self.computed, self.moved)
        by_rows = self.by_rows * spent.by_rows
        early = spent.constants + spent.maps * by_rows
        needed = spent.needed + spent.maps * by_rows
        waits = self.tail * (1 - by_rows)
        # they come in their order, and the first may be the last to have room
        ahead = unless(room < early, lesser(early, begin - self.moved))
        start = begin + greater(needed - ahead, waits) + spent.maps * (1 - by_rows)
        moved = greater(begin - ahead + self.tail + spent.bus, start + spent.moving)
        last = shortfall(spent.moving - spent.computing, 0)
        sram_bytes = spent.sram_bytes + staying
        return Progress(
            greater(start + spent.computing, moved + last),
            moved,
            spent.tail,
            spent.by_rows,
            sram_bytes,
            greater(self.sram_peak, sram_bytes),
            self.dram_bytes + spent.dram_bytes,
            self.instructions + spent.instructions,
        )

    def one(self: "Progress[Ints]", place: int) -> "Progress[int]":
        """One of many."""
        return Progress(*(int(each[place]) for each in self))

    @property
    def running(self) -> Count:
        """Cycles but for launches."""
        return greater(self.computed, self.moved) + self.tail

    def launching(self, machine: Machine) -> Count:
        """The cycles of launches of which instructions have their shares."""
        cycles = self.instructions * INSTRUCTION_BYTES * machine.launch_cycles
        return cycles // machine.control.program

    def cost(self, machine: Machine, price: int = 1) -> Cost[Count]:
        """What all of it costs so far, if launches cost so many times as much; nothing
        is said of accumulators.
        """
        cycles = self.running + price * self.launching(machine)
        return Cost(cycles, self.dram_bytes, self.sram_peak, 0 * cycles)

    def wait(
        self: "Progress[int]", spent: Cost[int], machine: Machine
    ) -> "Progress[int]":
        """After a group before which, and after which, engines wait for each other."""
        end = self.running + spent.cycles
        return Progress(
            end,
            end,
            0,
            0,
            machine.sram.bytes,
            max(self.sram_peak, spent.sram_bytes),
            self.dram_bytes + spent.dram_bytes,
            self.instructions + spent.instructions,
        )


START: Progress[int] = Progress(0, 0, 0, 0, 0, 0, 0, 0)
"""Where a machine begins."""


def progress_of(several: Sequence[Progress[int]]) -> Progress[Ints]:
    """Many in one, int64 [several] each."""
    table = np.array(several, np.int64).reshape(-1, len(Progress._fields))
    return Progress(*table.T)


def alone(spent: Spent[Count], machine: Machine) -> Cost[Count]:
    """What a group costs before which there is nothing."""
    none = 0 * spent.bus
    before = Progress(none, none, none, none, none, none, none, none)
    cost = before.follow(spent, machine, none).cost(machine)
    return replace(cost, accumulator_bytes=spent.sums_bytes)


def estimate(graph: Graph, schedule: StripedSchedule, machine: Machine) -> Cost[int]:
    """What a group costs by itself; there may be no room for what it keeps on chip."""
    return alone(asked_of(graph, schedule, machine), machine)
