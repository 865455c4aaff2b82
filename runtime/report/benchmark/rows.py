"""What is shown of a network: its times, its memory, and what to change."""

from collections.abc import Iterator
from dataclasses import dataclass

from ....backend_aipu.board import Board
from ....backend_aipu.machine import Machine
from ...benchmarking.measure import BothSides
from ..quantities import quantity

ESTIMATE, MEASURED = "estimate", "measured on x86"
LIGHT_OPTIONS = "winograd off, bf16 storage"
WORTH_SAYING = 1e6
"""Bytes of the machine's memory that it does not need."""


@dataclass(frozen=True)
class TimeRow:
    """A frame somewhere: milliseconds, or why they are not known.

    kind: "machine", "host", "here" or "published"; `said` explains it.
    """

    name: str
    kind: str
    ms: float | None
    said: str


@dataclass(frozen=True)
class MemoryRow:
    """What somebody needs, and has; bytes."""

    name: str
    needed: int
    available: int
    said: str

    @property
    def fits(self) -> bool:
        return self.needed <= self.available


def threads(count: int) -> str:
    """`1 thread`, `2 threads`."""
    return f"{count} thread{'s' * (count != 1)}"


def time_rows(
    result: BothSides, machine: Machine, *, boards: bool
) -> Iterator[TimeRow]:
    """A frame with the machine, on the host alone, on this computer, on boards."""
    yield _on_machine(result, machine)
    if machine.host is not None:
        found = result.processor
        times = (
            (None, None)
            if found is None
            else (found.one_thread_ms, found.two_threads_ms)
        )
        for count, ms in enumerate(times, start=1):
            name = f"{machine.host.name}, {threads(count)}"
            why = result.problems.get("processor", "") if ms is None else ESTIMATE
            yield TimeRow(name, "host", ms, why)
    if result.here is not None:
        here = result.here
        name = f"ncnn here, {threads(here.threads)}"
        load = f"measured: least of several frames, load average {here.load:.1f}"
        yield TimeRow(name, "here", here.ms, load)
    elif "here" in result.problems:
        yield TimeRow("ncnn here", "here", None, result.problems["here"])
    for each in result.published if boards else ():
        name = f"{each.board}, {threads(each.threads)}"
        said = f"published by ncnn: Cortex-A53, {each.clock_ghz} GHz"
        yield TimeRow(name, "published", each.ms, said)


def _on_machine(result: BothSides, machine: Machine) -> TimeRow:
    found = result.machine
    if found is None:
        said = result.problems.get("machine", "")
        return TimeRow(machine.name, "machine", None, said)
    said = f"machine {found.machine_ms:.2f} simulated"
    if machine.host is not None:
        said += (
            f"; host {found.host_ms:.2f}, crossings {found.crossing_ms:.2f} {ESTIMATE}"
        )
    return TimeRow(machine.name, "machine", found.latency_ms, said)


def memory_rows(
    result: BothSides, machine: Machine, board: Board
) -> Iterator[MemoryRow]:
    """What the machine, and ncnn as it is and with light options, take of a board."""
    memory = board.memory
    if result.machine is not None:
        said = "of the CMA: weights, feature maps, program"
        yield MemoryRow(machine.name, result.machine.bytes, memory.machine, said)
    if result.here is not None:
        said = "measured here, its libraries not counted"
        yield MemoryRow("ncnn here", result.here.peak_bytes, memory.free, said)
    if result.processor is not None:
        process = result.processor
        said = MEASURED if process.usual_measured else ESTIMATE
        yield MemoryRow("ncnn", process.usual_bytes, memory.free, said)
        said = MEASURED if process.light_measured else ESTIMATE
        said = f"{said}: {LIGHT_OPTIONS}"
        yield MemoryRow("ncnn, light", process.light_bytes, memory.free, said)


def advice(result: BothSides, machine: Machine, board: Board) -> Iterator[str]:
    """What to change so that a network fits; nothing where it does."""
    memory, spare = board.memory, 0
    if result.machine is not None:
        used = result.machine.bytes
        spare = max(0, memory.machine - used)
        if used > memory.machine:
            missing = quantity(used - memory.machine, "B")
            yield f"{machine.name} needs {missing} more CMA"
        elif spare >= WORTH_SAYING:
            has = quantity(memory.machine, "B")
            yield (
                f"{machine.name} needs {quantity(used, 'B')} of {has}: "
                f"{quantity(spare, 'B')} of CMA could go back to Linux"
            )
    process = result.processor
    if process is None or process.usual_bytes <= memory.free:
        return
    if process.light_bytes <= memory.free:
        yield f"ncnn fits with light options: {LIGHT_OPTIONS}"
    elif process.usual_bytes <= memory.free + spare:
        yield "ncnn would fit with that CMA"
    elif process.light_bytes <= memory.free + spare:
        yield f"ncnn would fit with that CMA and light options: {LIGHT_OPTIONS}"
    else:
        least = quantity(process.light_bytes - memory.free - spare, "B")
        yield f"ncnn does not fit: {least} are missing even with light options"


def verdict(result: BothSides, board: Board) -> str:
    """Whether ncnn fits what Linux leaves free: `yes`, `light`, `no`; `-` unknown."""
    process = result.processor
    if process is None:
        return "-"
    if process.usual_bytes <= board.memory.free:
        return "yes"
    return "light" if process.light_bytes <= board.memory.free else "no"
