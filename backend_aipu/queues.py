"""In-order queues of the engines, tokens between them, and the DRAM bus they share.

The sequencer issues instructions in the order of the program, one every `issue` cycles,
into the queues of the engines, and stalls while a queue is full. An engine starts the
head of its queue when it is free and the tokens are there. Transfers of both DMA
engines share the bus: each occupies it from the end of its latency, first come first
served.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..dialects.aipu import Engine
from .machine import Machine

ENGINES = (Engine.LOAD, Engine.STORE, Engine.MAC, Engine.VECTOR)
"""The engines, in the order of their numbers."""

DMA_ENGINES = (ENGINES.index(Engine.LOAD), ENGINES.index(Engine.STORE))


class Piece(NamedTuple):
    """Instances [start, stop), before which, and after which, all engines are idle.

    credits: how many of each token there are at first.
    launches: the instances before which the host launches what follows.
    """

    start: int
    stop: int
    credits: Sequence[int] = ()
    launches: Sequence[int] = ()


@dataclass(frozen=True)
class Queues:
    """What instances of instructions ask for, in plain lists: this is the inner loop.

    issue_of: the instruction of each instance.
    engine, wait, signal: the number of the engine of each instruction, and those of the
        tokens that it waits for and gives.
    own, bus: cycles of each instance: of its engine alone, then of the bus.
    tokens: how many there are.
    """

    issue_of: Sequence[int]
    engine: Sequence[int]
    wait: Sequence[Sequence[int]]
    signal: Sequence[Sequence[int]]
    own: Sequence[int]
    bus: Sequence[int]
    tokens: int
    machine: Machine

    def run(
        self, piece: Piece, begin: int, columns: np.ndarray
    ) -> tuple[int, list[tuple[int, int]]]:
        """Run a piece from cycle `begin` on.

        Args:
            piece: which instances.
            begin: when.
            columns: gets, of each instance, when its engine could have started it, when
                it did, when it got the bus, when it was done, and the token that came
                last or -1: int64 [5, instances].

        Returns:
            When the last instruction is done, and when the host launched them.
        """
        control = self.machine.control
        launches = deque(piece.launches)
        launching: list[tuple[int, int]] = []

        def launched(idle: int) -> int:
            """When what stands at the next launch begins, all engines being idle."""
            launches.popleft()
            launching.append((idle, idle + self.machine.launch_cycles))
            return launching[-1][1]

        if launches and launches[0] == piece.start:
            begin = launched(begin)
        given: list[deque[int]] = [deque() for _ in range(self.tokens)]
        for token, credit in enumerate(piece.credits):
            given[token].extend([begin] * credit)
        queues: list[deque[tuple[int, int]]] = [deque() for _ in ENGINES]
        starts: list[list[int]] = [[] for _ in ENGINES]
        issued = [0] * len(ENGINES)
        idle = [begin] * len(ENGINES)
        bus_idle = last = issue_time = begin
        position, depth = piece.start, control.queue
        free, start, bus, end, latest = columns

        while True:
            while position < (launches[0] if launches else piece.stop):
                engine = self.engine[self.issue_of[position]]
                before = issued[engine] - depth
                if before >= len(starts[engine]):
                    break
                issue_time += control.issue
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
