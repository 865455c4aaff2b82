"""What lies where, and when: feature maps in DRAM, buffers in SRAM."""

from collections.abc import Iterator, Sequence

from ...backend_aipu.program import Buffer
from ...dialects.aipu import Space
from ..simulator.lives import Life, lives
from ..simulator.simulator import PreparedEntry
from ..simulator.stream import Work


def live_maps(entries: Sequence[PreparedEntry]) -> list[Life]:
    """All feature maps, from the first layer that touches one to the last.

    What enters the machine lives from the beginning of its entry point, what leaves it
    up to the end.
    """
    found: list[Life] = []
    offset = 0
    for prepared in entries:
        found += _of_entry(prepared, offset)
        offset += prepared.profile.cycles
    return found


def _of_entry(prepared: PreparedEntry, offset: int) -> Iterator[Life]:
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
        yield Life(name, buffer.address, buffer.bytes, offset + start, offset + end)


def live_buffers(entries: Sequence[PreparedEntry]) -> list[Life]:
    """All buffers in SRAM; cycles are counted through all entry points."""
    found: list[Life] = []
    offset = 0
    for prepared in entries:
        found += [
            life._replace(start=life.start + offset, end=life.end + offset)
            for life in lives(prepared.program, prepared.profile)
        ]
        offset += prepared.profile.cycles
    return found


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
    """The buffers of a space of which a piece of work reads or writes some bytes."""
    numbers = sorted(set(prepared.stream.issue_of[work.start : work.stop].tolist()))
    names = {
        view.buffer: None
        for number in numbers
        for view in prepared.operands[number].values()
        if view.space is space and view.bytes.any()
    }
    return [prepared.program.buffer(name) for name in names]
