"""When each instruction runs: work after work, through the queues of the engines.

What launches, joins or resumes waits until all engines are idle; what follows does not,
and counts from its first instruction of the array, or of the vector unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.machine import Machine
from ...backend_aipu.queues import ENGINES, Piece, Queues
from ...dialects.aipu import Engine
from .demands import Demands
from .stream import Stream, Work

MAC, VECTOR = ENGINES.index(Engine.MAC), ENGINES.index(Engine.VECTOR)


@dataclass(frozen=True)
class Timeline:
    """Cycles of all instances in order of execution, int64 [length] each.

    `free` is when the engine could have started, were it not for tokens; `start` when
    it did; `bus` when a transfer got the bus, else `start`; `end` when it was done.
    `token` is the number of the token that came last, -1 where none was waited for.
    `begins` and `ends` are when each work began and when it ended, `launching` the
    intervals [start, end) in which the host launched it.
    """

    free: np.ndarray
    start: np.ndarray
    bus: np.ndarray
    end: np.ndarray
    token: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    launching: Sequence[Sequence[tuple[int, int]]]

    @property
    def cycles(self) -> int:
        """From the first launch to the end."""
        return int(self.ends[-1]) if len(self.ends) else 0


def schedule(
    stream: Stream, demands: Sequence[Demands], tokens: Sequence[str], machine: Machine
) -> Timeline:
    """The timeline of a stream without hazards on a machine."""
    columns = np.zeros((5, stream.length), np.int64)
    queues = _queues(stream, demands, tokens, machine)
    clock = 0
    begins: list[int] = []
    launching: list[list[tuple[int, int]]] = []
    engines = np.array(queues.engine, np.int64)[stream.issue_of]
    for run in stream.runs:
        begin = clock
        first, last = run[0], run[-1]
        piece = Piece(first.start, last.stop, first.credits, first.launches)
        clock, launched = queues.run(piece, begin, columns)
        begins += _begins(run, begin, clock, engines, columns)
        launching += [launched, *([] for _ in run[1:])]
    free, start, bus, end, token = columns
    ends = [*begins[1:], clock]
    return Timeline(
        free, start, bus, end, token, np.array(begins), np.array(ends), launching
    )


def _queues(
    stream: Stream, demands: Sequence[Demands], tokens: Sequence[str], machine: Machine
) -> Queues:
    number = {token: i for i, token in enumerate(tokens)}
    issues = stream.issues
    return Queues(
        stream.issue_of.tolist(),
        [ENGINES.index(issue.engine) for issue in issues],
        [[number[token] for token in issue.instruction.wait] for issue in issues],
        [[number[token] for token in issue.instruction.signal] for issue in issues],
        stream.scatter([demand.own for demand in demands]).tolist(),
        stream.scatter([demand.bus for demand in demands]).tolist(),
        len(tokens),
        machine,
    )


def _begins(
    run: Sequence[Work],
    begin: int,
    end: int,
    engines: np.ndarray,
    columns: np.ndarray,
) -> list[int]:
    """When each of works that follow each other begins: the array has done its part for
    those before and begins with this one, or without its help the vector unit does.
    """
    _, start, _, done, _ = columns
    parts = [slice(work.start, work.stop) for work in run]
    mac, vector = (
        [np.flatnonzero(engines[part] == engine) + part.start for part in parts]
        for engine in (MAC, VECTOR)
    )
    next_mac, later = end, []
    for instances in reversed(mac):
        next_mac = int(start[instances[0]]) if len(instances) else next_mac
        later.append(next_mac)
    begins = [begin]
    idle = begin
    for number, latest in list(enumerate(reversed(later)))[1:]:
        if len(mac[number - 1]):
            idle = int(done[mac[number - 1][-1]])
        if not len(mac[number]) and len(vector[number]):
            latest = min(latest, int(start[vector[number][0]]))
        begins.append(max(begins[-1], idle, latest))
    return begins
