"""What a trace counts over time: traffic of the DRAM, use of the array, SRAM.

A transfer, or a tile on the array, is shown by its mean: its bytes or MACs by the time
that it takes. So a counter times its time adds up to what the report says.
"""

from collections.abc import Iterator

import numpy as np

from ....dialects.aipu import Engine
from ...simulator.simulator import PreparedEntry
from ..memory_map import sram_bytes
from .events import Event, counter
from .machine import Clock

Steps = Iterator[tuple[int, float]]
"""From which cycle on a counter shows what."""


def counters(prepared: PreparedEntry, clock: Clock) -> Iterator[Event]:
    """All counters of an entry point."""
    demands, machine = prepared.demands, prepared.machine
    bytes_a_cycle, macs_a_cycle = machine.clock_hz / 1e6, 100 / machine.macs_per_cycle
    for name, unit, engine, amounts, scale in (
        ("DRAM read", "MB/s", Engine.LOAD, "dram_read", bytes_a_cycle),
        ("DRAM written", "MB/s", Engine.STORE, "dram_written", bytes_a_cycle),
        ("array in use", "%", Engine.MAC, "macs", macs_a_cycle),
    ):
        each = prepared.stream.scatter([getattr(demand, amounts) for demand in demands])
        for cycle, value in _means(prepared, engine, each):
            yield counter(name, unit, clock.time(cycle), value * scale)
    for cycle, value in _sram(prepared):
        yield counter("SRAM reserved", "kB", clock.time(cycle), value / 1e3)


def _means(prepared: PreparedEntry, engine: Engine, amounts: np.ndarray) -> Steps:
    """The amount a cycle of whatever an engine does, and 0 while it does nothing."""
    stream, timeline = prepared.stream, prepared.timeline
    on_engine = np.array([issue.engine is engine for issue in stream.issues])
    chosen = on_engine[stream.issue_of] & (timeline.end > timeline.start)
    columns = (timeline.start[chosen], timeline.end[chosen], amounts[chosen])
    until = 0
    for start, end, amount in zip(*(each.tolist() for each in columns), strict=True):
        if start > until:
            yield until, 0.0
        yield start, amount / (end - start)
        until = end
    yield until, 0.0


def _sram(prepared: PreparedEntry) -> Steps:
    """The bytes on chip that each layer reserves."""
    reserved = sram_bytes([prepared])
    for layer in prepared.profile.layers:
        yield layer.start, reserved[layer.name]
    yield prepared.profile.cycles, 0.0
