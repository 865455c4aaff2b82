"""Where the time goes: the timeline and the demands of a run, by layer and by cause.

The time of a layer is from its beginning to that of the next. Each of
its cycles has one cause: first whatever the MAC array does, then what only the vector
unit does, then waiting for transfers; what remains is synchronisation. So the causes
add up exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Program
from ...dialects.aipu import Engine
from .demands import Demands
from .stream import Issue, Stream
from .timing import Timeline

CAUSES = ("compute", "fill_drain", "partial", "dma_wait", "sync", "launch")
DMA = (Engine.LOAD, Engine.STORE)


@dataclass(frozen=True)
class LayerProfile:
    """What a piece of work took, or an operator of it: `busy` are cycles of engines."""

    name: str
    start: int
    cycles: int
    causes: Mapping[str, int]
    busy: Mapping[Engine, int]
    macs: int
    dram_read: int
    dram_written: int
    sram_bytes: int
    vector_elements: int
    energy_pj: float

    @property
    def dram_bytes(self) -> int:
        return self.dram_read + self.dram_written

    @property
    def running_cycles(self) -> int:
        """The cycles after the launch."""
        return self.cycles - self.causes["launch"]

    @property
    def bound_by(self) -> str:
        """What took the longest: the launch, the DRAM bus, or a computing engine."""
        bounds = {
            "launch": self.causes["launch"],
            "dram": self.busy[Engine.LOAD] + self.busy[Engine.STORE],
            "mac": self.busy[Engine.MAC],
            "vector": self.busy[Engine.VECTOR],
        }
        return max(bounds, key=lambda name: bounds[name])


@dataclass(frozen=True)
class InstructionProfile:
    """What all instances of one instruction took, and what they waited for.

    `busy` are the cycles that they worked. `stalls` are those in which their engine had
    nothing else to do, by the token that came last; `bus_stall` those in which a
    transfer was ready and the other one had the bus.
    """

    position: int
    mnemonic: str
    source: str
    instances: int
    busy: int
    stalls: Mapping[str, int]
    bus_stall: int


@dataclass(frozen=True)
class Profile:
    """A run of an entry point."""

    machine: Machine
    layers: Sequence[LayerProfile]
    instructions: Sequence[InstructionProfile]
    timeline: Timeline
    stream: Stream
    demands: Sequence[Demands]

    @property
    def cycles(self) -> int:
        return sum(layer.cycles for layer in self.layers)


@dataclass(frozen=True)
class NetworkProfile:
    """A run of a network: its entry points one after another."""

    machine: Machine
    entries: Sequence[Profile]

    @property
    def layers(self) -> list[LayerProfile]:
        return [layer for entry in self.entries for layer in entry.layers]

    @property
    def cycles(self) -> int:
        return sum(entry.cycles for entry in self.entries)

    @property
    def seconds(self) -> float:
        return self.machine.seconds(self.cycles)


def profile(
    program: Program,
    stream: Stream,
    demands: Sequence[Demands],
    timeline: Timeline,
    machine: Machine,
) -> Profile:
    """The profile of a timeline."""
    columns = {
        name: stream.scatter([getattr(demand, name) for demand in demands])
        for name in Demands.__dataclass_fields__
    }
    engines = np.array([issue.engine for issue in stream.issues])[stream.issue_of]
    return Profile(
        machine,
        [
            _layer(number, stream, engines, columns, timeline, machine)
            for number in range(len(stream.works))
        ],
        _instructions(program, stream, columns["own"] + columns["bus"], timeline),
        timeline,
        stream,
        demands,
    )


def _layer(
    number: int,
    stream: Stream,
    engines: np.ndarray,
    columns: Mapping[str, np.ndarray],
    timeline: Timeline,
    machine: Machine,
) -> LayerProfile:
    work = stream.works[number]
    part = slice(work.start, work.stop)
    begin, until = int(timeline.begins[number]), int(timeline.ends[number])
    run = next(run for run in stream.runs if work in run)
    around = slice(run[0].start, run[-1].stop)
    start = np.clip(timeline.start[around], begin, until)
    end = np.clip(timeline.end[around], begin, until)
    total = {name: int(column[part].sum()) for name, column in columns.items()}
    cycles = until - begin
    busy = (columns["own"] + columns["bus"])[part]

    def occupied(*which: Engine) -> int:
        chosen = np.isin(engines[around], which)
        return covered(start[chosen], end[chosen])

    launch = sum(end - start for start, end in timeline.launching[number])
    mac = occupied(Engine.MAC)
    computing = occupied(Engine.MAC, Engine.VECTOR)
    anything = occupied(*Engine)
    array_compute = mac - total["partial"] - total["fill_drain"]
    return LayerProfile(
        work.name,
        begin,
        cycles,
        {
            "compute": array_compute + computing - mac,
            "fill_drain": total["fill_drain"],
            "partial": total["partial"],
            "dma_wait": anything - computing,
            "sync": cycles - launch - anything,
            "launch": launch,
        },
        {which: int(busy[engines[part] == which].sum()) for which in Engine},
        total["macs"],
        total["dram_read"],
        total["dram_written"],
        total["sram_bytes"],
        total["vector_elements"],
        energy_of(total, cycles, machine),
    )


def energy_of(total: Mapping[str, int], cycles: int, machine: Machine) -> float:
    """Picojoules of demands that were added up, and of so many cycles."""
    table = machine.energy
    dynamic = (
        total["macs"] * table.mac
        + total["sram_bytes"] * table.sram_byte
        + (total["dram_read"] + total["dram_written"]) * table.dram_byte
        + total["vector_elements"] * table.vector_element
    )
    return dynamic + table.idle_milliwatts * machine.seconds(cycles) * 1e9


def covered(start: np.ndarray, end: np.ndarray) -> int:
    """How many numbers lie in at least one of some intervals [start, end)."""
    if not len(start):
        return 0
    order = np.argsort(start, kind="stable")
    start, end = start[order], end[order]
    reached = np.maximum.accumulate(end)
    before = np.concatenate(([start[0]], reached[:-1]))
    return int(np.maximum(reached - np.maximum(start, before), 0).sum())


def _instructions(
    program: Program, stream: Stream, busy: np.ndarray, timeline: Timeline
) -> list[InstructionProfile]:
    waited = timeline.end - timeline.start - busy
    return [
        InstructionProfile(
            issue.position,
            issue.spec.mnemonic,
            issue.instruction.source,
            issue.instances,
            int(busy[issue.order].sum()),
            _stalls(issue, program, timeline),
            int(waited[issue.order].sum()),
        )
        for issue in stream.issues
    ]


def _stalls(issue: Issue, program: Program, timeline: Timeline) -> dict[str, int]:
    waited = (timeline.start - timeline.free)[issue.order]
    token = timeline.token[issue.order]
    stalls = {
        program.tokens[number]: int(waited[token == number].sum())
        for number in np.unique(token[token >= 0]).tolist()
    }
    return {name: cycles for name, cycles in stalls.items() if cycles}
