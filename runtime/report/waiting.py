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
    for number, (work, run) in enumerate(_works(profile)):
        begin, end = int(timeline.begins[number]), int(timeline.ends[number])
        launching = timeline.launching[number]
        computing = union(_busy(profile, run, COMPUTING, (begin, end)))
        anything = union(_busy(profile, run, tuple(Engine), (begin, end)))
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


def _works(profile: Profile) -> Iterator[tuple[Work, slice]]:
    """Each work, and the instances of all that follow each other without waiting."""
    for run in profile.stream.runs:
        for work in run:
            yield work, slice(run[0].start, run[-1].stop)


def _busy(
    profile: Profile, part: slice, engines: tuple[Engine, ...], within: Interval
) -> Iterator[Interval]:
    """When instances run on some engines, as far as that is within an interval."""
    stream, timeline = profile.stream, profile.timeline
    chosen = np.array([issue.engine in engines for issue in stream.issues])
    instances = part.start + np.flatnonzero(chosen[stream.issue_of[part]])
    starts, ends = (
        np.clip(times[instances], *within) for times in (timeline.start, timeline.end)
    )
    some = ends > starts
    return zip(starts[some].tolist(), ends[some].tolist(), strict=True)
