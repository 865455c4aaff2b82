"""When a layer does not compute, and what it waits for, from the timeline of a run."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...dialects.aipu import Engine
from ..simulator.profile import Profile
from ..simulator.stream import Work
from .intervals import Interval, difference, union

COMPUTING = (Engine.MAC, Engine.VECTOR)


class Waiting(NamedTuple):
    """Cycles [start, end) of a layer in which no engine computes; why is a cause."""

    layer: str
    cause: str
    start: int
    end: int


def waiting(profile: Profile) -> Iterator[Waiting]:
    """All of them in order; by layer and cause they add up to the profile's."""
    timeline = profile.timeline
    for number, work in enumerate(profile.stream.works):
        begin, end = int(timeline.begins[number]), int(timeline.ends[number])
        launching = timeline.launching[number]
        computing = union(_busy(profile, work, COMPUTING))
        anything = union(_busy(profile, work, tuple(Engine)))
        found = {
            "launch": launching,
            "dma_wait": difference(anything, computing),
            "sync": difference(difference([(begin, end)], launching), anything),
        }
        yield from sorted(
            (
                Waiting(work.name, cause, *interval)
                for cause, intervals in found.items()
                for interval in intervals
            ),
            key=lambda each: each.start,
        )


def _busy(
    profile: Profile, work: Work, engines: tuple[Engine, ...]
) -> Iterator[Interval]:
    """When the instructions of a work run on some engines."""
    stream, timeline = profile.stream, profile.timeline
    chosen = np.array([issue.engine in engines for issue in stream.issues])
    instances = work.start + np.flatnonzero(
        chosen[stream.issue_of[work.start : work.stop]]
    )
    starts, ends = timeline.start[instances], timeline.end[instances]
    return zip(starts.tolist(), ends.tolist(), strict=True)
