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
from .estimate import Phase, Spent, asked_of
from .graph import Graph

INSTRUCTION_BYTES = 32
"""What an instruction takes of a launch, with its descriptor: about so much."""


class Progress(NamedTuple):
    """How far a machine is with all groups so far.

    computed, moved: cycles at which the array, and the bus, are done.
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

    def follow(self, spent: Spent, machine: Machine, staying: int = 0) -> "Progress":
        """After another group, that does not wait until this one is done; maps of so
        many bytes stay meanwhile.
        """
        free = max(0, machine.sram.bytes - self.sram_bytes)
        room = float(machine.bus_cycles(free))
        first, *others = spent.phases
        flows = self.by_rows and spent.by_rows
        done = self.computed, self.moved
        if flows:
            done = _flowing(*done, first, room)
        else:
            done = _after(*done, first, room, self.tail)
        for phase in others:
            done = _after(*done, phase, phase.constants, 0)
        launching = _launching(spent.instructions, machine)
        computed, moved = done
        return Progress(
            computed + launching,
            moved + launching,
            spent.tail,
            spent.by_rows,
            spent.sram_bytes + staying,
            max(self.sram_peak, spent.sram_bytes + staying),
            self.dram_bytes + spent.dram_bytes,
        )

    @property
    def cost(self) -> Cost:
        """What all of it costs, so far; nothing is said of accumulators."""
        cycles = max(self.computed, self.moved) + self.tail
        return Cost(round(cycles), self.dram_bytes, self.sram_peak, 0)

    def wait(self, spent: Cost, machine: Machine) -> "Progress":
        """After a group before which, and after which, engines wait for each other."""
        end = max(self.computed, self.moved) + self.tail + spent.cycles
        end += _launching(spent.instructions, machine)
        return Progress(
            end,
            end,
            0,
            False,
            machine.sram.bytes,
            max(self.sram_peak, spent.sram_bytes),
            self.dram_bytes + spent.dram_bytes,
        )


def _after(
    computed: float, moved: float, phase: Phase, room: float, tail: float
) -> tuple[float, float]:
    """When the array, and the bus, are done with a phase, of whose constants so many
    cycles have room before it; maps come when all before them is stored.
    """
    begin = max(computed, moved)
    ahead = min(room, begin - moved, phase.constants)
    start = begin + max(tail, phase.needed - ahead) + phase.maps
    behind = phase.bus - phase.constants - phase.maps
    done = max(begin - ahead + phase.bus, start + behind)
    return max(start + phase.computing, done + phase.last), done


def _flowing(
    computed: float, moved: float, phase: Phase, room: float
) -> tuple[float, float]:
    """The same where its maps come as the group before it makes their rows."""
    early = phase.constants + phase.maps
    needed = phase.needed + phase.maps
    flowing = phase._replace(constants=early, needed=needed, maps=0)
    return _after(computed, moved, flowing, room, 0)


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
