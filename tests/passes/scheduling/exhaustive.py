"""All ways to run a chain of operators, gone through one by one: nothing is left out.

Ways that end alike are columns of arrays, so that hundreds of millions take seconds.
What a group adds to them is written here again, apart from what strategies ask.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aipu.backend_aipu.machine import Machine
from aipu.passes.scheduling.strategies.choices import Choices, Costed
from aipu.passes.scheduling.strategies.goal import Rank
from aipu.passes.scheduling.striped.cost.estimate import Spent
from aipu.passes.scheduling.striped.cost.following import INSTRUCTION_BYTES
from aipu.passes.scheduling.tiled.cost import Cost

Ints = NDArray[np.int64]
AT_ONCE = 1 << 15
"""So many ways fit a cache."""


class Ways(NamedTuple):
    """Ways to a place in a chain, int64 [ways] each: cycles at which the array and the
    bus are done, and the last store behind that; 1 where the first rows are there
    first; bytes; instructions.
    """

    computed: Ints
    moved: Ints
    tail: Ints
    by_rows: Ints
    sram: Ints
    peak: Ints
    dram: Ints
    instructions: Ints

    @property
    def running(self) -> Ints:
        """Cycles but for launches."""
        return np.maximum(self.computed, self.moved) + self.tail

    def cost(self, machine: Machine) -> tuple[Ints, Ints, Ints]:
        """Cycles, bytes over the bus, and bytes of the SRAM."""
        launches = INSTRUCTION_BYTES * machine.launch_cycles * self.instructions
        cycles = self.running + launches // machine.control.program
        return cycles, self.dram, self.peak

    def parts(self) -> Iterator["Ways"]:
        """A few at a time."""
        for start in range(0, len(self.computed), AT_ONCE):
            yield Ways(*(column[start : start + AT_ONCE] for column in self))

    def alone(self, cost: Cost, machine: Machine) -> "Ways":
        """After a group in tiles, around which the engines come to rest."""
        end, none = self.running + cost.cycles, np.zeros_like(self.dram)
        return Ways(
            end,
            end,
            none,
            none,
            none + machine.sram.bytes,
            np.maximum(self.peak, cost.sram_bytes),
            self.dram + cost.dram_bytes,
            self.instructions + cost.instructions,
        )

    def striped(self, spent: Spent, staying: int, machine: Machine) -> "Ways":
        """After a group in stripes, beside maps of so many bytes."""
        begin = np.maximum(self.computed, self.moved)
        rows = (self.by_rows > 0) & spent.by_rows
        early = spent.constants + spent.maps * rows
        needed = spent.needed + spent.maps * rows
        room = machine.bus_cycles(np.maximum(machine.sram.bytes - self.sram, 0))
        ahead = np.where(room < early, 0, np.minimum(begin - self.moved, early))
        waits = np.maximum(np.where(rows, 0, self.tail), needed - ahead)
        start = begin + waits + np.where(rows, 0, spent.maps)
        bus = begin - ahead + self.tail + spent.bus
        moved = np.maximum(bus, start + spent.moving)
        after = max(0, spent.computing - spent.moving)
        taken, none = spent.sram_bytes + staying, np.zeros_like(self.dram)
        return Ways(
            np.maximum(start + spent.computing, moved + after),
            moved,
            none + spent.tail,
            none + spent.by_rows,
            none + taken,
            np.maximum(self.peak, taken),
            self.dram + spent.dram_bytes,
            self.instructions + spent.instructions,
        )


def best_of_all(choices: Choices) -> Rank:
    """The rank of the best of all ways to run a chain."""
    machine, end = choices.machine, len(choices.graph.groups)
    found: dict[tuple[int, bool], list[Ways]] = defaultdict(list)
    found[0, False] = [Ways(*(np.zeros((8, 1), np.int64)))]
    best: Rank = (float("inf"),)
    for start in range(end):
        for kept in (False, True):
            parts = found.pop((start, kept), [])
            if not parts:
                continue
            ways = Ways(*map(np.concatenate, zip(*parts, strict=True)))
            for to, keeps, choice, staying in _onward(choices, start, kept):
                for part in ways.parts():
                    if choice.spent is None:
                        after = part.alone(choice.cost, machine)
                    else:
                        after = part.striped(choice.spent, staying, machine)
                    if to < end:
                        found[to, keeps].append(after)
                    else:
                        best = min(best, _least(choices, after))
    return best


def _onward(
    choices: Choices, start: int, kept: bool
) -> Iterator[tuple[int, bool, Costed, int]]:
    """How a chain goes on from a group, whose ifm is `kept` on chip or not: until
    where, whether that stays there, how, and beside how many bytes of maps.
    """
    graph, size = choices.graph, choices.machine.sram.bytes
    before = {}
    if kept:
        stays = graph.stays(start - 1)
        assert stays
        before = {graph.groups[start - 1].name: stays[0]}
    else:
        yield start + 1, False, choices.alone(start), 0
    for end in range(start + 1, len(graph.groups) + 1):
        stays = graph.stays(end - 1)
        for keeps in (None, stays[0]) if stays else (None,):
            maps = [*before.values(), *([keeps] if keeps else [])]
            staying = sum(each.bytes for each in maps)
            for choice in choices.striped(start, end, before, keeps):
                assert choice.spent is not None
                if choice.spent.sram_bytes + staying <= size:
                    yield end, keeps is not None, choice, staying


def _least(choices: Choices, ways: Ways) -> Rank:
    """The rank of the best."""
    machine, which = choices.machine, np.arange(len(ways.dram))
    cycles, dram, sram = ways.cost(machine)
    for column in _ORDERS[choices.goal.minimise](cycles, dram, sram, machine):
        which = which[column[which] == column[which].min()]
    best = which[0]
    return choices.rank(Cost(int(cycles[best]), int(dram[best]), int(sram[best]), 0))


def _energy(cycles: Ints, dram: Ints, machine: Machine) -> NDArray[np.float64]:
    """Nanojoules of the DRAM, and of the time that all takes."""
    idle = machine.energy.idle_milliwatts * 1e6 / machine.clock_hz
    return dram * machine.energy.dram_byte / 1e3 + cycles * idle


_ORDERS = {
    "latency": lambda cycles, dram, sram, _: (cycles, dram, sram),
    "dram": lambda cycles, dram, sram, _: (dram, cycles, sram),
    "energy": lambda cycles, dram, sram, machine: (
        _energy(cycles, dram, machine),
        cycles,
        dram,
        sram,
    ),
}
"""What ways are compared by: first what is made small."""
