"""A run of an entry point as slices: its layers, instructions, and what it waits for.

Everything comes from the timeline that the report's cycles come from.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ...simulator.profile import Profile
from ...simulator.simulator import PreparedEntry
from ..looks import CAUSES
from ..waiting import waiting
from .events import LAYERS, THREAD_OF_ENGINE, WAITING, Event, Span, slices


@dataclass(frozen=True)
class Clock:
    """The cycles of an entry point that begins `begin` nanoseconds into a frame."""

    begin: float
    hertz: int

    def time(self, cycle: int) -> float:
        """When a cycle begins, in nanoseconds."""
        return self.begin + cycle * 1e9 / self.hertz

    def span(self, start: int, end: int) -> Span:
        return Span(self.time(start), self.time(end))


def machine_slices(prepared: PreparedEntry, clock: Clock) -> Iterator[Event]:
    """All that an entry point does."""
    yield from _layers(prepared.profile, clock)
    yield from _instructions(prepared, clock)
    yield from _waiting(prepared.profile, clock)


def _layers(profile: Profile, clock: Clock) -> Iterator[Event]:
    for layer in profile.layers:
        arguments: Event = {
            "cycles": layer.cycles,
            "MACs": layer.macs,
            "bytes": layer.dram_bytes,
            "bound by": layer.bound_by,
            **{CAUSES[cause].name: cycles for cause, cycles in layer.causes.items()},
        }
        span = clock.span(layer.start, layer.start + layer.cycles)
        yield from slices(LAYERS, layer.name, span, "layer", arguments)


def _instructions(prepared: PreparedEntry, clock: Clock) -> Iterator[Event]:
    """Every instance of every instruction that takes time, on its engine's thread."""
    stream, timeline = prepared.stream, prepared.timeline
    macs = stream.scatter([demand.macs for demand in prepared.demands])
    moved = stream.scatter(
        [demand.dram_read + demand.dram_written for demand in prepared.demands]
    )
    columns = (timeline.start, timeline.end, timeline.free, timeline.token)
    start, end, free, token = (column.tolist() for column in columns)
    for work in stream.works:
        for instance in range(work.start, work.stop):
            issue = stream.issues[stream.issue_of[instance]]
            instruction = issue.instruction
            arguments: Event = {
                "layer": work.name,
                "cycles": end[instance] - start[instance],
                "bytes": int(moved[instance]),
                "MACs": int(macs[instance]),
                "stall": start[instance] - free[instance],
            }
            if token[instance] >= 0:
                arguments["token"] = prepared.program.tokens[token[instance]]
            yield from slices(
                THREAD_OF_ENGINE[issue.engine],
                f"{instruction.mnemonic} {instruction.source}",
                clock.span(start[instance], end[instance]),
                "instruction",
                arguments,
            )


def _waiting(profile: Profile, clock: Clock) -> Iterator[Event]:
    for each in waiting(profile):
        arguments: Event = {"layer": each.layer, "cycles": each.end - each.start}
        span = clock.span(each.start, each.end)
        yield from slices(WAITING, CAUSES[each.cause].name, span, "waiting", arguments)
