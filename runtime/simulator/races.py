"""Races: accesses to the same bytes that nothing orders, whatever the timing.

Tokens, queues and launches say which instruction is done before which other starts:
each instruction carries a clock, for every engine how many of its instructions are
surely done. Two accesses to the same byte, one of them a write, that nothing orders
are a race, even if in one timing they happen not to meet. On the way it is also seen
whether a token is never given, and whether a byte is read that nobody wrote, or that
was written as another buffer's.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.program import Entry, Program
from ...backend_aipu.queues import ENGINES
from ...dialects.aipu import Space
from .faults import HazardError, describe
from .operands import Operands
from .stream import Issue, Stream, Work
from .writers import Writers

Clock = tuple[int, ...]
"""For every engine, how many of its instructions that access memory are done."""


def check_races(
    program: Program, entry: Entry, stream: Stream, operands: Sequence[Operands]
) -> None:
    """Whether every access of an entry finds its bytes written, and keeps its place.

    Raises:
        HazardError: a race, a deadlock, a read of what nobody wrote, or an output that
            nobody writes.
    """
    writers = Writers(program, entry.inputs)
    checker = _Checker(program, stream, operands, writers)
    for run in stream.runs:
        checker.check(run)
    for name in entry.outputs:
        if missing := writers.missing_of(name):
            raise HazardError(
                f"nobody writes the output '{name}' of '{entry.name}': {missing}"
            )


@dataclass(frozen=True)
class _Access:
    """What one instance touches: the interval of addresses bounds it."""

    issue: int
    instance: int
    operand: str
    space: Space
    first: int
    last: int
    writes: bool


class _Order:
    """Which accesses are surely done when an instruction starts, by engine."""

    def __init__(self, tokens: Sequence[str], work: Work):
        nothing: Clock = (0,) * len(ENGINES)
        self.clocks: list[Clock] = [nothing] * len(ENGINES)
        self.given: dict[str, deque[Clock]] = {
            token: deque([nothing] * credit)
            for token, credit in zip(tokens, work.credits, strict=False)
        }

    def start(self, engine: int, issue: Issue, instance: int) -> Clock:
        """Take the tokens that an instruction waits for; the clock when it starts."""
        clock = self.clocks[engine]
        for token in issue.instruction.wait:
            given = self.given.get(token)
            if not given:
                raise HazardError(
                    f"deadlock: {describe(issue, instance)} waits for token "
                    f"'{token}', which no instruction before it has given"
                )
            clock = tuple(map(max, clock, given.popleft()))
        return clock

    def finish(self, engine: int, issue: Issue, clock: Clock, done: int) -> None:
        """Give the tokens of an instruction that brings its engine to `done`."""
        clock = (*clock[:engine], done, *clock[engine + 1 :])
        self.clocks[engine] = clock
        for token in issue.instruction.signal:
            self.given.setdefault(token, deque()).append(clock)


class _Checker:
    """Walks works in order, with what is written and what may be in flight."""

    def __init__(
        self,
        program: Program,
        stream: Stream,
        operands: Sequence[Operands],
        writers: Writers,
    ):
        self.program = program
        self.stream = stream
        self.operands = operands
        self.writers = writers
        self.spans = [
            {
                name: (view.first.tolist(), view.last.tolist())
                for name, view in views.items()
            }
            for views in operands
        ]

    def check(self, run: Sequence[Work]) -> None:
        """Check every instance of works that follow each other."""
        order = _Order(self.program.tokens, run[0])
        history: list[list[list[_Access]]] = [[] for _ in ENGINES]
        part = slice(run[0].start, run[-1].stop)
        issue_of = self.stream.issue_of[part].tolist()
        instance_of = self.stream.instance_of[part].tolist()
        engine_of = [ENGINES.index(issue.engine) for issue in self.stream.issues]
        for number, instance in zip(issue_of, instance_of, strict=True):
            issue, engine = self.stream.issues[number], engine_of[number]
            clock = order.start(engine, issue, instance)
            accesses = self._accesses(number, instance)
            for other, past in enumerate(history):
                if other != engine:
                    self._check_races(accesses, past[clock[other] :])
            self._check_overwriting(accesses)
            self._check_written(accesses)
            if accesses:
                history[engine].append(accesses)
            order.finish(engine, issue, clock, len(history[engine]))

    def _accesses(self, number: int, instance: int) -> list[_Access]:
        accesses = []
        for name, (firsts, lasts) in self.spans[number].items():
            if lasts[instance] >= firsts[instance]:
                view = self.operands[number][name]
                accesses.append(
                    _Access(
                        number,
                        instance,
                        name,
                        view.space,
                        firsts[instance],
                        lasts[instance],
                        view.writes,
                    )
                )
        return accesses

    def _check_races(
        self, accesses: Sequence[_Access], in_flight: Sequence[Sequence[_Access]]
    ) -> None:
        for others in in_flight:
            for other in others:
                for access in accesses:
                    if (access.writes or other.writes) and self._meet(access, other):
                        raise self._race(access, other)

    def _race(self, access: _Access, other: _Access) -> HazardError:
        one, two = (
            f"{describe(self.stream.issues[a.issue], a.instance)} "
            f"{'writes' if a.writes else 'reads'} its {a.operand} "
            f"({a.space} {a.first:#x} to {a.last:#x})"
            for a in (other, access)
        )
        return HazardError(f"race: {one}, and {two}; no token orders them")

    def _check_overwriting(self, accesses: Sequence[_Access]) -> None:
        """No instruction writes what it reads, but for bytes in their own place."""
        for write in accesses:
            for read in accesses:
                if write.writes and not read.writes and self._meet(write, read):
                    issue = self.stream.issues[write.issue]
                    may = issue.spec.operands[read.operand].in_place
                    if not (may and self._in_its_place(write, read)):
                        raise HazardError(
                            f"{describe(issue, write.instance)} writes its "
                            f"{write.operand} over its {read.operand}"
                        )

    def _in_its_place(self, write: _Access, read: _Access) -> bool:
        """Whether every element that is read lies where it is written."""
        one, two = (
            self.operands[access.issue][access.operand] for access in (write, read)
        )
        steps = zip(one.strides, two.strides, strict=True)
        extents = one.shape[write.instance].tolist()
        return write.first == read.first and all(
            to == of
            for extent, (to, of) in zip(extents, steps, strict=True)
            if extent > 1
        )

    def _meet(self, access: _Access, other: _Access) -> bool:
        """Whether two views share a byte."""
        return (
            access.space is other.space
            and access.first <= other.last
            and other.first <= access.last
            and self._overlap(access, other)
        )

    def _overlap(self, access: _Access, other: _Access) -> bool:
        """Whether two views share a byte, where their intervals meet."""
        low = min(access.first, other.first)
        size = max(access.last, other.last) - low + 1
        one, two = np.zeros((2, size), np.bool_)
        self._flags(access, one, low)[...] = True
        self._flags(other, two, low)[...] = True
        return bool((one & two).any())

    def _flags(self, access: _Access, flags: np.ndarray, base: int) -> np.ndarray:
        """The flags of exactly those bytes that an access touches."""
        view = self.operands[access.issue][access.operand]
        return np.ndarray(
            view.shape[access.instance].tolist(),
            np.bool_,
            flags,
            int(view.offset[access.instance]) - base,
            view.strides,
        )

    def _check_written(self, accesses: Sequence[_Access]) -> None:
        for access in accesses:
            view = self.operands[access.issue][access.operand]
            if access.writes:
                continue
            if missing := self.writers.missing(view, access.instance):
                issue = self.stream.issues[access.issue]
                raise HazardError(
                    f"{describe(issue, access.instance)} reads its "
                    f"{access.operand} ({access.space} {access.first:#x} to "
                    f"{access.last:#x}) where nobody wrote '{view.buffer}': {missing}"
                )
        for access in accesses:
            if access.writes:
                view = self.operands[access.issue][access.operand]
                self.writers.write(view, access.instance)
