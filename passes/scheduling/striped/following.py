"""How long groups take that follow each other: what one fetches while another computes.

While the array is busy with one thing, constants of the next come in, as far as there
is room for them; its feature maps, too, if both groups go through rows from the first
to the last.
"""

from dataclasses import replace
from typing import NamedTuple

from ....backend_aipu.machine import Machine
from ....dialects.tile import StripedSchedule
from ..cost import Cost
from .estimate import Spent, asked_of
from .graph import Graph

INSTRUCTION_BYTES = 32
"""What an instruction takes of a launch, with its descriptor: about so much."""


class Progress(NamedTuple):
    """How far a machine is with all groups so far.

    computed, moved: cycles at which the array, and the bus, are done.
    launching: cycles of launches, of which each instruction has its share.
    tail: cycles of the last store behind that.
    by_rows: whether the first rows of the last result are there first.
    sram_bytes, sram_peak: what the last group occupies, with the maps that stay; and
        the most that any did.
    dram_bytes: over the bus.
    """

    computed: float = 0
    moved: float = 0
    tail: float = 0
    by_rows: bool = False
    sram_bytes: int = 0
    sram_peak: int = 0
    dram_bytes: int = 0
    launching: float = 0

    def follow(self, spent: Spent, machine: Machine, staying: int = 0) -> "Progress":
        """After another group, that does not wait until this one is done; maps of so
        many bytes stay meanwhile.
        """
        free = max(0, machine.sram.bytes - self.sram_bytes)
        room = float(machine.bus_cycles(free))
        begin = max(self.computed, self.moved)
        early, needed, maps = spent.constants, spent.needed, spent.maps
        waits = self.tail
        if self.by_rows and spent.by_rows:
            early, needed, maps, waits = early + maps, needed + maps, 0, 0
        ahead = min(room, begin - self.moved, early)
        if room < early > needed:
            ahead = 0  # the first tile of a ring may be the last to have room
        start = begin + max(waits, needed - ahead) + maps
        moved = max(begin - ahead + self.tail + spent.bus, start + spent.moving)
        last = max(0, spent.computing - spent.moving)
        computed = max(start + spent.computing, moved + last)
        return Progress(
            computed,
            moved,
            spent.tail,
            spent.by_rows,
            spent.sram_bytes + staying,
            max(self.sram_peak, spent.sram_bytes + staying),
            self.dram_bytes + spent.dram_bytes,
            self.launching + _launching(spent.instructions, machine),
        )

    @property
    def running(self) -> float:
        """Cycles but for launches."""
        return max(self.computed, self.moved) + self.tail

    @property
    def cost(self) -> Cost:
        """What all of it costs, so far; nothing is said of accumulators."""
        return self.priced(1)

    def priced(self, price: float) -> Cost:
        """The same, if launches cost so many times as much."""
        cycles = self.running + price * self.launching
        return Cost(round(cycles), self.dram_bytes, self.sram_peak, 0)

    def wait(self, spent: Cost, machine: Machine) -> "Progress":
        """After a group before which, and after which, engines wait for each other."""
        end = self.running + spent.cycles
        return Progress(
            end,
            end,
            0,
            False,
            machine.sram.bytes,
            max(self.sram_peak, spent.sram_bytes),
            self.dram_bytes + spent.dram_bytes,
            self.launching + _launching(spent.instructions, machine),
        )

    def rest(self) -> "Progress":
        """After all engines have come to rest."""
        return self._replace(computed=self.running, moved=self.running, tail=0)


def _launching(instructions: int, machine: Machine) -> float:
    """The part of a launch that instructions take."""
    share = machine.launch_cycles / machine.control.program
    return instructions * INSTRUCTION_BYTES * share


def alone(spent: Spent, machine: Machine) -> Cost:
    """What a group costs before which there is nothing."""
    cost = Progress().follow(spent, machine).cost
    return replace(cost, accumulator_bytes=spent.sums_bytes)


def estimate(graph: Graph, schedule: StripedSchedule, machine: Machine) -> Cost:
    """What a group costs by itself; there may be no room for what it keeps on chip."""
    return alone(asked_of(graph, schedule, machine), machine)
