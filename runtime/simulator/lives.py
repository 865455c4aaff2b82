"""How long the parts of SRAM are in use, and how many bytes are at one time.

A slot of a buffer lives from the first instruction that touches it to the end of the
last, in all groups that do. Where a buffer begins before another that has some of its
bytes has ended, those count once.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ...backend_aipu.program import Program, Reference
from ...dialects.aipu import Space
from .profile import Profile, covered


class Life(NamedTuple):
    """The bytes from `address` on are in use in cycles [start, end)."""

    name: str
    address: int
    bytes: int
    start: int
    end: int


def lives(program: Program, profile: Profile) -> list[Life]:
    """All slots in SRAM that an entry point touches, in the order of their starts."""
    timeline = profile.timeline
    spans: dict[tuple[str, int], tuple[int, int]] = {}
    for issue in profile.stream.issues:
        starts, ends = timeline.start[issue.order], timeline.end[issue.order]
        for value in issue.instruction.fields.values():
            if not isinstance(value, Reference):
                continue
            buffer = program.buffer(value.buffer)
            if buffer.space is not Space.SRAM:
                continue
            slots = issue.evaluate(value.slot) % buffer.slots
            for slot in np.unique(slots).tolist():
                span = int(starts[slots == slot].min()), int(ends[slots == slot].max())
                first, last = spans.get((buffer.name, slot), span)
                found = min(first, span[0]), max(last, span[1])
                spans[buffer.name, slot] = found
    return sorted(
        (_life(program, *key, *span) for key, span in spans.items()),
        key=lambda life: (life.start, life.address),
    )


def _life(program: Program, name: str, slot: int, start: int, end: int) -> Life:
    buffer = program.buffer(name)
    shown = f"{name}[{slot}]" if buffer.slots > 1 else name
    address = buffer.address + slot * buffer.bytes
    return Life(shown, address, buffer.bytes, start, end)


def alive(found: Iterable[Life]) -> Sequence[tuple[int, int]]:
    """From which cycle on how many bytes are in use, in the order of cycles."""
    columns = np.array([life[1:] for life in found], np.int64).reshape(-1, 4)
    address, size, start, end = columns.T
    steps: list[tuple[int, int]] = []
    for cycle in np.unique(columns[:, 2:]).tolist():
        now = (start <= cycle) & (cycle < end)
        steps.append((cycle, covered(address[now], (address + size)[now])))
    return steps


def most_alive(found: Iterable[Life]) -> int:
    """The most bytes that are in use at one time."""
    return max((count for _, count in alive(found)), default=0)
