"""What lies where, and when: feature maps in DRAM over time, SRAM layer by layer."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...backend_aipu.program import Buffer, Reference
from ...dialects.aipu import Space
from ..simulator.simulator import PreparedEntry
from ..simulator.stream import Work


class LiveMap(NamedTuple):
    """A feature map in DRAM: its bytes from `address` on hold it in [start, end)."""

    name: str
    address: int
    bytes: int
    start: int
    end: int


def live_maps(entries: Sequence[PreparedEntry]) -> list[LiveMap]:
    """All feature maps, from the first layer that touches one to the last.

    What enters the machine lives from the beginning of its entry point, what leaves it
    up to the end.
    """
    found: list[LiveMap] = []
    offset = 0
    for prepared in entries:
        found += _of_entry(prepared, offset)
        offset += prepared.profile.cycles
    return found


def _of_entry(prepared: PreparedEntry, offset: int) -> Iterator[LiveMap]:
    timeline, entry = prepared.timeline, prepared.entry
    spans: dict[str, tuple[int, int]] = {}
    for name in entry.inputs:
        spans[name] = 0, 0
    for number, work in enumerate(prepared.stream.works):
        start, end = int(timeline.begins[number]), int(timeline.ends[number])
        for buffer in _touched(prepared, work, Space.DRAM):
            first, _ = spans.get(buffer.name, (start, end))
            spans[buffer.name] = first, end
    for name in entry.outputs:
        spans[name] = spans.get(name, (0, 0))[0], timeline.cycles
    for name, (start, end) in spans.items():
        buffer = prepared.program.buffer(name)
        yield LiveMap(name, buffer.address, buffer.bytes, offset + start, offset + end)


def sram_bytes(entries: Sequence[PreparedEntry]) -> dict[str, int]:
    """The bytes on chip that each layer reserves, by its name."""
    return {
        work.name: max(
            (buffer.end for buffer in _touched(prepared, work, Space.SRAM)), default=0
        )
        for prepared in entries
        for work in prepared.stream.works
    }


def _touched(prepared: PreparedEntry, work: Work, space: Space) -> list[Buffer]:
    """The buffers of a space that a piece of work reads or writes."""
    stream = prepared.stream
    numbers = sorted(set(stream.issue_of[work.start : work.stop].tolist()))
    names = {
        value.buffer: None
        for number in numbers
        for value in stream.issues[number].instruction.fields.values()
        if isinstance(value, Reference)
    }
    buffers = (prepared.program.buffer(name) for name in names)
    return [buffer for buffer in buffers if buffer.space is space]
