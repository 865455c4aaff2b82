"""What each operator takes of a piece of work that it shares with others.

A cycle goes to the operator of the work whose instruction the MAC array runs, else the
vector unit, else a transfer; where none of these runs, to the one that is next to run.
MACs, bytes and elements are of the operator whose instructions they are. So operators
add up to their work exactly, cause by cause.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ...dialects.aipu import Engine
from .demands import Demands
from .profile import LayerProfile, Profile, energy_of
from .stream import Stream, Work
from .timing import Timeline

RANKS = (Engine.MAC, Engine.VECTOR, Engine.LOAD, Engine.STORE)
"""Who comes first where several run at once."""

ARRAY, VECTOR, TRANSFER, SYNC, LAUNCH = range(5)
"""What is done in a cycle."""

Parts = Sequence[tuple[int, str]]
"""The works' numbers with the names of their operators, in order."""


def shares(profile: Profile) -> list[list[LayerProfile]]:
    """The operators of each piece of work, in the order of their first instructions."""
    stream, timeline = profile.stream, profile.timeline
    works = _work_of(stream)
    parts, part_of = _parts(stream, works)
    engines = np.array([issue.engine for issue in stream.issues])[stream.issue_of]
    cycles = _cycles(stream.works, timeline, engines, works, parts, part_of)
    columns = {
        name: stream.scatter([getattr(demand, name) for demand in profile.demands])
        for name in Demands.__dataclass_fields__
    }
    busy = columns["own"] + columns["bus"]
    totals = {name: _sums(part_of, column, parts) for name, column in columns.items()}
    by_engine = {
        engine: _sums(part_of, np.where(engines == engine, busy, 0), parts)
        for engine in Engine
    }
    found: list[list[LayerProfile]] = [[] for _ in stream.works]
    for number, (work, name) in enumerate(parts):
        total = {column: int(sums[number]) for column, sums in totals.items()}
        causes = _causes(cycles[number], total)
        begins = timeline.start[part_of == number]
        spent = sum(causes.values())
        found[work].append(
            LayerProfile(
                name,
                int(begins.min()) if len(begins) else int(timeline.begins[work]),
                spent,
                causes,
                {engine: int(sums[number]) for engine, sums in by_engine.items()},
                total["macs"],
                total["dram_read"],
                total["dram_written"],
                total["sram_bytes"],
                total["vector_elements"],
                energy_of(total, spent, profile.machine),
            )
        )
    return found


def _work_of(stream: Stream) -> np.ndarray:
    """The number of the work of every instance, int64 [length]."""
    lengths = [work.stop - work.start for work in stream.works]
    return np.repeat(np.arange(len(lengths)), lengths)


def _parts(stream: Stream, works: np.ndarray) -> tuple[Parts, np.ndarray]:
    """All parts, and which every instance is of: int64 [length]."""
    parts: dict[tuple[int, str], int] = {}
    part_of = np.zeros(stream.length, np.int64)
    issues = [(int(works[issue.order[0]]), issue) for issue in stream.issues]
    for number, work in enumerate(stream.works):
        inside = [issue for at, issue in issues if at == number]
        for issue in inside:
            name = issue.instruction.source or work.name
            part_of[issue.order] = parts.setdefault((number, name), len(parts))
        if not inside:
            parts[number, work.name] = len(parts)
    return list(parts), part_of


def _cycles(
    works: Sequence[Work],
    timeline: Timeline,
    engines: np.ndarray,
    work_of: np.ndarray,
    parts: Parts,
    part_of: np.ndarray,
) -> np.ndarray:
    """The cycles of each part, by what is done in them: int64 [parts, 5]."""
    launches = [span for spans in timeline.launching for span in spans]
    around = [time for span in launches for time in span]
    times = (timeline.start, timeline.end, timeline.begins, timeline.ends, around)
    cuts = np.unique(np.concatenate(times).astype(np.int64))
    left, lengths = cuts[:-1], np.diff(cuts)
    work = np.searchsorted(timeline.begins, left, "right") - 1
    chosen = np.full(len(left), -1)
    done = np.full(len(left), SYNC)
    busy = timeline.end > timeline.start
    for engine in reversed(RANKS):
        instances = np.flatnonzero((engines == engine) & busy)
        if not len(instances):
            continue
        last = instances[np.searchsorted(timeline.start[instances], left, "right") - 1]
        runs = (timeline.start[last] <= left) & (left < timeline.end[last])
        done[runs] = min(RANKS.index(engine), TRANSFER)
        own = runs & (work_of[last] == work)
        chosen[own] = part_of[last[own]]
    for begin, end in launches:
        done[(begin <= left) & (left < end)] = LAUNCH
    last_of = np.zeros(len(works), np.int64)
    for number, (at, _) in enumerate(parts):
        last_of[at] = number
    chosen = _filled(chosen, work, last_of)
    flat = np.bincount(chosen * 5 + done, lengths, len(parts) * 5)
    return flat.astype(np.int64).reshape(len(parts), 5)


def _filled(chosen: np.ndarray, work: np.ndarray, last_of: np.ndarray) -> np.ndarray:
    """With a part of the same work where there is none: the next, else the last."""
    known = np.flatnonzero(chosen >= 0)
    after = np.searchsorted(known, np.arange(len(chosen)))
    next_one = np.append(known, -1)[after]
    same = (next_one >= 0) & (work[next_one] == work)
    return np.where(same, chosen[next_one], last_of[work])


def _sums(part_of: np.ndarray, column: np.ndarray, parts: Parts) -> np.ndarray:
    """A column added up by parts, int64 [parts]."""
    result = np.zeros(len(parts), np.int64)
    np.add.at(result, part_of, column)
    return result


def _causes(cycles: np.ndarray, total: Mapping[str, int]) -> dict[str, int]:
    """The cycles of a part by cause, as those of a layer are."""
    array, vector, transfer, sync, launch = map(int, cycles)
    partial, fill_drain = total["partial"], total["fill_drain"]
    return {
        "compute": array + vector - partial - fill_drain,
        "fill_drain": fill_drain,
        "partial": partial,
        "dma_wait": transfer,
        "sync": sync,
        "launch": launch,
    }
