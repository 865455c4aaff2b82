"""A run as a trace that https://ui.perfetto.dev and chrome://tracing open.

The format is the Trace Event Format: complete events ("X") on threads that metadata
events ("M") name. A cycle is written as a microsecond, so that the tools' times are
cycles. Threads: the layers, each engine, and what a layer waits for while no engine
computes. Everything comes from the timeline that the report's cycles come from.
"""

from collections.abc import Iterator, Sequence

import msgspec

from ..simulator.profile import Profile
from ..simulator.simulator import PreparedEntry
from .looks import CAUSES, ENGINES
from .waiting import waiting

Event = dict[str, object]

PROCESS = 1
LAYERS, WAITING = 1, 2 + len(ENGINES)
THREAD_OF_ENGINE = {engine: 2 + number for number, engine in enumerate(ENGINES)}


def trace(entries: Sequence[PreparedEntry], title: str) -> bytes:
    """The trace of entry points one after another, as JSON."""
    events = list(_names(title))
    offset = 0
    for prepared in entries:
        events += _layers(prepared.profile, offset)
        events += _instructions(prepared, offset)
        events += _waiting(prepared.profile, offset)
        offset += prepared.profile.cycles
    document = {"displayTimeUnit": "ms", "traceEvents": events}
    return msgspec.json.encode(document) + b"\n"


def _names(title: str) -> Iterator[Event]:
    """What the process and the threads are called, and their order."""
    yield _metadata("process_name", 0, {"name": f"{title} (1 µs is 1 cycle)"})
    threads = {
        LAYERS: "layers",
        **{THREAD_OF_ENGINE[engine]: look.name for engine, look in ENGINES.items()},
        WAITING: "waiting",
    }
    for thread, name in threads.items():
        yield _metadata("thread_name", thread, {"name": name})
        yield _metadata("thread_sort_index", thread, {"sort_index": thread})


def _metadata(name: str, thread: int, arguments: Event) -> Event:
    return {"ph": "M", "pid": PROCESS, "tid": thread, "name": name, "args": arguments}


def _event(
    thread: int, name: str, start: int, end: int, category: str, arguments: Event
) -> Event:
    return {
        "ph": "X",
        "pid": PROCESS,
        "tid": thread,
        "name": name,
        "cat": category,
        "ts": start,
        "dur": end - start,
        "args": arguments,
    }


def _layers(profile: Profile, offset: int) -> Iterator[Event]:
    for layer in profile.layers:
        start = offset + layer.start
        arguments: Event = {
            "cycles": layer.cycles,
            "MACs": layer.macs,
            "bytes": layer.dram_bytes,
            "bound by": layer.bound_by,
            **{CAUSES[cause].name: cycles for cause, cycles in layer.causes.items()},
        }
        end = start + layer.cycles
        yield _event(LAYERS, layer.name, start, end, "layer", arguments)


def _instructions(prepared: PreparedEntry, offset: int) -> Iterator[Event]:
    """Every instance of every instruction, on the thread of its engine."""
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
            yield _event(
                THREAD_OF_ENGINE[issue.engine],
                f"{instruction.mnemonic} {instruction.source}",
                offset + start[instance],
                offset + end[instance],
                "instruction",
                arguments,
            )


def _waiting(profile: Profile, offset: int) -> Iterator[Event]:
    for each in waiting(profile):
        name = CAUSES[each.cause].name
        arguments: Event = {"layer": each.layer, "cycles": each.end - each.start}
        start, end = offset + each.start, offset + each.end
        yield _event(WAITING, name, start, end, "waiting", arguments)
