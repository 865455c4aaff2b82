"""Events of the Trace Event Format, their threads, and their times.

Times are nanoseconds from the start of a frame, as viewers keep them, and written in
microseconds, as the format wants them. Start and end are rounded each, so what follows
one another still does.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ....dialects.aipu import Engine
from ..looks import ENGINE_LOOKS

Event = dict[str, object]

PROCESS = 1
HOST, CROSSINGS, LAYERS, WAITING = 1, 2, 3, 4 + len(ENGINE_LOOKS)
THREAD_OF_ENGINE: dict[Engine, int] = {
    engine: 4 + number for number, engine in enumerate(ENGINE_LOOKS)
}


class Span(NamedTuple):
    """From when to when, in nanoseconds."""

    start: float
    end: float


def names(title: str) -> Iterator[Event]:
    """What the process and the threads are called, and their order."""
    yield _metadata("process_name", 0, {"name": title})
    threads = {
        HOST: "host, an estimate",
        CROSSINGS: "crossings, an estimate",
        LAYERS: "layers",
        **{
            THREAD_OF_ENGINE[engine]: look.name for engine, look in ENGINE_LOOKS.items()
        },
        WAITING: "waiting",
    }
    for thread, name in threads.items():
        yield _metadata("thread_name", thread, {"name": name})
        yield _metadata("thread_sort_index", thread, {"sort_index": thread})


def slices(
    thread: int, name: str, span: Span, category: str, arguments: Event
) -> Iterator[Event]:
    """The event of what takes time; none of what takes less than a nanosecond."""
    start, end = round(span.start), round(span.end)
    if end > start:
        yield {
            "ph": "X",
            "pid": PROCESS,
            "tid": thread,
            "name": name,
            "cat": category,
            "ts": start / 1e3,
            "dur": (end - start) / 1e3,
            "args": arguments,
        }


def counter(name: str, unit: str, time: float, value: float) -> Event:
    """What a counter shows from a time on."""
    return {
        "ph": "C",
        "pid": PROCESS,
        "tid": 0,
        "name": f"{name}, {unit}",
        "ts": round(time) / 1e3,
        "args": {unit: value},
    }


def _metadata(name: str, thread: int, arguments: Event) -> Event:
    return {"ph": "M", "pid": PROCESS, "tid": thread, "name": name, "args": arguments}
