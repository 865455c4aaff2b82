"""When each instruction runs: in-order queues, tokens, and a shared DRAM bus.

The sequencer issues instructions in the order of the text, one every `issue` cycles,
into the queues of the engines, and stalls while a queue is full. An engine starts the
head of its queue when it is free and the tokens are there. Transfers of both DMA
engines share the bus: each occupies it from the end of its latency, first come first
served. What launches, joins or resumes waits until all engines are idle; what follows
does not, and counts from its first instruction of the array, or of the vector unit.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.machine import Machine
from ...dialects.aipu import Engine
from .demands import Demands
from .stream import ENGINES, Stream, Work

DMA_ENGINES = (ENGINES.index(Engine.LOAD), ENGINES.index(Engine.STORE))
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
    queues = _Queues(stream, demands, tokens, machine, columns)
    clock = 0
    begins: list[int] = []
    launching: list[list[tuple[int, int]]] = []
    engines = np.array(queues.engine, np.int64)[stream.issue_of]
    for run in stream.runs:
        begin = clock
        clock, launched = queues.run(run, begin)
        begins += _begins(run, begin, clock, engines, columns)
        launching += [launched, *([] for _ in run[1:])]
    free, start, bus, end, token = columns
    ends = [*begins[1:], clock]
    return Timeline(
        free, start, bus, end, token, np.array(begins), np.array(ends), launching
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


class _Queues:
    """The engines' queues and the bus, in plain lists: this is the inner loop."""

    def __init__(
        self,
        stream: Stream,
        demands: Sequence[Demands],
        tokens: Sequence[str],
        machine: Machine,
        columns: np.ndarray,
    ):
        number = {token: i for i, token in enumerate(tokens)}
        self.tokens = len(tokens)
        self.machine = machine
        self.columns = columns
        self.issue_of: list[int] = stream.issue_of.tolist()
        self.engine = [ENGINES.index(issue.engine) for issue in stream.issues]
        self.wait = [[number[t] for t in i.instruction.wait] for i in stream.issues]
        self.signal = [[number[t] for t in i.instruction.signal] for i in stream.issues]
        self.own: list[int] = stream.scatter([d.own for d in demands]).tolist()
        self.bus: list[int] = stream.scatter([d.bus for d in demands]).tolist()

    def run(self, run: Sequence[Work], begin: int) -> tuple[int, list[tuple[int, int]]]:
        """Run works that follow each other from `begin` on.

        Returns:
            When the last instruction is done, and when the host launched them.
        """
        work, stop = run[0], run[-1].stop
        launches = deque(work.launches)
        launching: list[tuple[int, int]] = []

        def launched(idle: int) -> int:
            """When what stands at the next launch begins, all engines being idle."""
            launches.popleft()
            launching.append((idle, idle + self.machine.launch_cycles))
            return launching[-1][1]

        if launches and launches[0] == work.start:
            begin = launched(begin)
        given: list[deque[int]] = [deque() for _ in range(self.tokens)]
        for token, credit in enumerate(work.credits):
            given[token].extend([begin] * credit)
        queues: list[deque[tuple[int, int]]] = [deque() for _ in ENGINES]
        starts: list[list[int]] = [[] for _ in ENGINES]
        issued = [0] * len(ENGINES)
        idle = [begin] * len(ENGINES)
        bus_idle = last = issue_time = begin
        position, depth = work.start, self.machine.control.queue
        free, start, bus, end, latest = self.columns

        while True:
            while position < (launches[0] if launches else stop):
                engine = self.engine[self.issue_of[position]]
                before = issued[engine] - depth
                if before >= len(starts[engine]):
                    break
                issue_time += self.machine.control.issue
                if before >= 0:
                    issue_time = max(issue_time, starts[engine][before])
                queues[engine].append((position, issue_time))
                issued[engine] += 1
                position += 1

            chosen, chosen_at, chosen_free, chosen_token = -1, 0, 0, -1
            earliest = None
            for engine, queue in enumerate(queues):
                if not queue:
                    continue
                head, issue_at = queue[0]
                ready = could = max(issue_at, idle[engine])
                last_token = -1
                for token in self.wait[self.issue_of[head]]:
                    if not given[token]:
                        break
                    if given[token][0] > ready:
                        ready, last_token = given[token][0], token
                else:
                    key = ready + (self.own[head] if engine in DMA_ENGINES else 0)
                    if earliest is None or key < earliest:
                        chosen, chosen_at, chosen_free = engine, ready, could
                        chosen_token, earliest = last_token, key
            if chosen < 0:
                assert not any(queues), "a deadlock"
                if launches:
                    issue_time = launched(max(last, issue_time))
                    continue
                return last, launching

            head, _ = queues[chosen].popleft()
            issue = self.issue_of[head]
            for token in self.wait[issue]:
                given[token].popleft()
            on_bus = chosen_at + self.own[head]
            done = on_bus
            if self.bus[head]:
                on_bus = max(on_bus, bus_idle)
                done = bus_idle = on_bus + self.bus[head]
            for token in self.signal[issue]:
                given[token].append(done)
            starts[chosen].append(chosen_at)
            idle[chosen] = done
            last = max(last, done)
            free[head], start[head], end[head] = chosen_free, chosen_at, done
            bus[head] = on_bus if self.bus[head] else chosen_at
            latest[head] = chosen_token
