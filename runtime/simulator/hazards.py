"""What must never happen, whatever the timing: found on the stream, without values.

Tokens, queues and launches say which instruction is done before which other starts
(each instruction carries a clock: for every engine, how many of its instructions are
surely done). Two accesses to the same byte, one of them a write, that nothing orders
are a race, even if in one timing they happen not to meet.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Entry, Program
from ...dialects.aipu import Engine, Space
from ...errors import AipuError
from .operands import Operands
from .stream import Issue, Stream, Work

ENGINES = (Engine.LOAD, Engine.STORE, Engine.MAC, Engine.VECTOR)
Clock = tuple[int, ...]


class HazardError(AipuError):
    """A program that the machine would not run right."""


def check_hazards(
    program: Program,
    entry: Entry,
    stream: Stream,
    operands: Sequence[Operands],
    machine: Machine,
    written: Mapping[Space, np.ndarray],
) -> None:
    """Check an entry; `written` (a flag a byte) is brought up to date.

    Raises:
        HazardError: an address out of range, a read of what nobody wrote, a race, a
            deadlock, or a token that several engines give or take. The message names
            the instructions and their source nodes.
    """
    _check_memory(program, machine)
    for issue, views in zip(stream.issues, operands, strict=True):
        _check_range(program, issue, views)
    _check_tokens(program, stream)
    checker = _Checker(program, stream, operands, written)
    for work in stream.works:
        checker.check(work)


def describe(issue: Issue, instance: int = 0) -> str:
    """An instruction as errors name it: mnemonic, place, loop counters, source."""
    counters = issue.counters[:, instance].tolist()
    at = f" at {counters}" if counters else ""
    source = issue.instruction.source
    of = f" of '{source}'" if source else ""
    return f"instruction {issue.position} ({issue.spec.mnemonic}{at}){of}"


def _check_memory(program: Program, machine: Machine) -> None:
    sram = program.bytes_in(Space.SRAM)
    dram = program.bytes_in(Space.DRAM) + program.bytes_in(Space.WEIGHTS)
    for kind, need, have in (
        ("SRAM", sram, machine.sram.bytes),
        ("DRAM", dram, machine.dram.bytes),
    ):
        if need > have:
            raise HazardError(
                f"the program needs {need:,} bytes of {kind}, {machine.name} has "
                f"{have:,}: {need - have:,} too many"
            )


def _check_range(program: Program, issue: Issue, views: Operands) -> None:
    for name, view in views.items():
        buffer = program.buffer(view.buffer)
        outside = (view.bytes > 0) & (
            (view.first < buffer.address) | (view.last >= buffer.end)
        )
        if outside.any():
            instance = int(outside.argmax())
            raise HazardError(
                f"{describe(issue, instance)}: its {name} reaches from "
                f"{view.first[instance]:#x} to {view.last[instance]:#x}, outside of "
                f"buffer '{buffer.name}' at {buffer.address:#x} to {buffer.end - 1:#x}"
            )


def _check_tokens(program: Program, stream: Stream) -> None:
    """A token goes from one engine to one other, else its order is left to chance."""
    users: dict[tuple[int, str, str], set[Engine]] = {}
    for issue in stream.issues:
        work = _work_of(stream, issue)
        for role, tokens in (
            ("gives", issue.instruction.signal),
            ("takes", issue.instruction.wait),
        ):
            for token in tokens:
                engines = users.setdefault((work, role, token), set())
                engines.add(issue.engine)
                if len(engines) > 1:
                    both = " and ".join(sorted(engines))
                    raise HazardError(
                        f"{describe(issue)} {role} token '{token}', and so do two "
                        f"engines: {both}"
                    )


def _work_of(stream: Stream, issue: Issue) -> int:
    first = int(issue.order[0])
    return next(number for number, work in enumerate(stream.works) if first < work.stop)


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


class _Checker:
    """Walks works in order, with what is written and what may be in flight."""

    def __init__(
        self,
        program: Program,
        stream: Stream,
        operands: Sequence[Operands],
        written: Mapping[Space, np.ndarray],
    ):
        self.program = program
        self.stream = stream
        self.operands = operands
        self.written = written
        self.spans = [
            {
                name: (view.first.tolist(), view.last.tolist())
                for name, view in views.items()
            }
            for views in operands
        ]

    def check(self, work: Work) -> None:
        """Check every instance of a work."""
        clocks: list[Clock] = [(0,) * len(ENGINES)] * len(ENGINES)
        history: list[list[list[_Access]]] = [[] for _ in ENGINES]
        tokens: dict[str, deque[Clock]] = {
            token: deque([clocks[0]] * credit)
            for token, credit in zip(self.program.tokens, work.credits, strict=False)
        }
        issue_of = self.stream.issue_of[work.start : work.stop].tolist()
        instance_of = self.stream.instance_of[work.start : work.stop].tolist()
        engine_of = [ENGINES.index(issue.engine) for issue in self.stream.issues]
        for number, instance in zip(issue_of, instance_of, strict=True):
            issue = self.stream.issues[number]
            engine = engine_of[number]
            clock = clocks[engine]
            for token in issue.instruction.wait:
                given = tokens.get(token)
                if not given:
                    raise HazardError(
                        f"deadlock: {describe(issue, instance)} waits for token "
                        f"'{token}', which no instruction before it has given"
                    )
                clock = tuple(map(max, clock, given.popleft()))
            accesses = self._accesses(number, instance)
            for other, past in enumerate(history):
                if other != engine:
                    self._check_races(accesses, past[clock[other] :])
            self._check_written(accesses)
            history[engine].append(accesses)
            done = (*clock[:engine], len(history[engine]), *clock[engine + 1 :])
            clocks[engine] = done
            for token in issue.instruction.signal:
                tokens.setdefault(token, deque()).append(done)

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
                    if (
                        (access.writes or other.writes)
                        and access.space is other.space
                        and access.first <= other.last
                        and other.first <= access.last
                        and self._overlap(access, other)
                    ):
                        raise self._race(access, other)

    def _race(self, access: _Access, other: _Access) -> HazardError:
        one, two = (
            f"{describe(self.stream.issues[a.issue], a.instance)} "
            f"{'writes' if a.writes else 'reads'} its {a.operand} "
            f"({a.space} {a.first:#x} to {a.last:#x})"
            for a in (other, access)
        )
        return HazardError(f"race: {one}, and {two}; no token orders them")

    def _overlap(self, access: _Access, other: _Access) -> bool:
        """Whether two views share a byte, where their intervals meet."""
        low = min(access.first, other.first)
        size = max(access.last, other.last) - low + 1
        one, two = np.zeros((2, size), np.bool_)
        self._flags(access, one, low)[...] = True
        self._flags(other, two, low)[...] = True
        return bool((one & two).any())

    def _flags(self, access: _Access, flags: np.ndarray, base: int = 0) -> np.ndarray:
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
            if not access.writes:
                flags = self._flags(access, self.written[access.space])
                if not flags.all():
                    issue = self.stream.issues[access.issue]
                    raise HazardError(
                        f"{describe(issue, access.instance)} reads its "
                        f"{access.operand} ({access.space} {access.first:#x} to "
                        f"{access.last:#x}) where nobody wrote: "
                        f"{int((~flags).sum())} of {flags.size} bytes"
                    )
        for access in accesses:
            if access.writes:
                self._flags(access, self.written[access.space])[...] = True


def nothing_written(program: Program, inputs: Sequence[str]) -> dict[Space, np.ndarray]:
    """A flag a byte of every space: set for the weights and the given buffers."""
    written = {space: np.zeros(program.bytes_in(space), np.bool_) for space in Space}
    written[Space.WEIGHTS][...] = True
    for name in inputs:
        buffer = program.buffer(name)
        written[buffer.space][buffer.address : buffer.end] = True
    return written


def sram_is_lost(written: Mapping[Space, np.ndarray]) -> None:
    """After an entry point, nothing in the SRAM can be relied on."""
    written[Space.SRAM][...] = False
