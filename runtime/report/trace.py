"""A frame as a trace that https://ui.perfetto.dev and chrome://tracing open.

The format is the Trace Event Format: complete events ("X") on threads that metadata
events ("M") name, and counters ("C"). Times are those of the board. Threads: the host
and the crossings, which are estimates; the layers, each engine, and what a layer waits
for while no engine computes, which are simulated.
"""

from collections.abc import Iterator

import msgspec

from ..figures.figures import Figures
from .findings import Findings
from .tracing.counters import counters
from .tracing.events import Event, names
from .tracing.host import crossing_slice, host_slices, nanoseconds
from .tracing.machine import Clock, machine_slices


def trace(findings: Findings) -> bytes:
    """The trace of a frame, as JSON."""
    figures = findings.figures
    title = f"{figures.model} on {figures.target}"
    if figures.machine_only:
        title += ", machine only"
    events = [*names(title), *_frame(findings)]
    document = {"displayTimeUnit": "ms", "traceEvents": events}
    return msgspec.json.encode(document) + b"\n"


def _frame(findings: Findings) -> Iterator[Event]:
    """All segments, one after another, and before each what crosses over to it."""
    figures = findings.figures
    entries = {prepared.entry.name: prepared for prepared in findings.entries}
    now = 0.0
    for segment in figures.segments:
        yield from _crossings(figures, segment.name, now)
        now += _time_of_crossings(figures, segment.name)
        if segment.name in entries:
            prepared = entries[segment.name]
            clock = Clock(now, findings.machine.clock_hz)
            yield from machine_slices(prepared, clock)
            yield from counters(prepared, clock)
        else:
            yield from host_slices(figures, segment, now)
        now += nanoseconds(segment.ms)
    yield from _crossings(figures, None, now)


def _crossings(figures: Figures, before: str | None, begin: float) -> Iterator[Event]:
    """What crosses before a segment, or at the end."""
    for crossing in figures.crossings:
        if crossing.before == before:
            yield from crossing_slice(crossing, begin)
            begin += nanoseconds(crossing.ms)


def _time_of_crossings(figures: Figures, before: str) -> float:
    return sum(
        nanoseconds(crossing.ms)
        for crossing in figures.crossings
        if crossing.before == before
    )
