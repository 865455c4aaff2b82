"""The instruction stream: hardware loops unrolled, as arrays instead of objects.

Each instruction of the text becomes one `Issue` with all its dynamic instances. The
loops around it make every number of an instance an affine function of the counters,
so addresses and extents of all instances are computed at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...backend_aipu.isa import BY_MNEMONIC, IDLE, LAUNCHES, WORKS, InstructionSpec
from ...backend_aipu.program import Entry, Instruction, Reference
from ...backend_aipu.views import Sizes
from ...dialects.aipu import Engine, Extent, Index
from ...errors import AipuError

LARGEST_STREAM = 1 << 20
"""Instances of one entry: far more than networks have, and what memory holds."""


@dataclass(frozen=True)
class Issue(Sizes[NDArray[np.int64]]):
    """One instruction of the text and its dynamic instances.

    `counters` is [depth, instances]; `order` [instances] is the place of each instance
    in the order of execution; `position` is the place in the text.
    """

    instruction: Instruction
    spec: InstructionSpec
    position: int
    counters: np.ndarray
    order: np.ndarray

    @property
    def instances(self) -> int:
        return len(self.order)

    @property
    def engine(self) -> Engine:
        """Whose queue the instruction is in."""
        return self.spec.engine or Engine(self.word("engine"))

    def evaluate(self, number: Index | Extent) -> np.ndarray:
        """The values of an index or an extent, int64 [instances]."""
        if isinstance(number, Extent):
            left = number.total - self.evaluate(number.position)
            return np.minimum(number.size, left)
        values = np.full(self.instances, number.base, np.int64)
        for stride, counter in zip(number.strides, self.counters, strict=False):
            values += stride * counter
        return values

    def has(self, name: str) -> bool:
        """Whether the instruction has a field."""
        return name in self.instruction.fields

    def number(self, value: int) -> np.ndarray:
        """The same number for every instance, int64 [instances]."""
        return np.full(self.instances, value, np.int64)

    def left(self, name: str) -> np.ndarray:
        """A field that is an extent, an index or an integer, int64 [instances]."""
        value = self.instruction.fields[name]
        if isinstance(value, Extent | Index):
            return self.evaluate(value)
        return self.number(self.integer(name))

    def whole(self, name: str) -> int:
        """What a whole tile has along an extent; or a field that is an integer."""
        value = self.instruction.fields[name]
        return value.size if isinstance(value, Extent) else self.integer(name)

    def is_first(self, name: str) -> np.ndarray:
        """Whether an instance takes the first share of an extent, bool [instances]."""
        return self.evaluate(self.extent(name).position) == 0

    def is_last(self, name: str) -> np.ndarray:
        """Whether an instance takes the last share of an extent, bool [instances]."""
        extent = self.extent(name)
        return self.evaluate(extent.position) + self.evaluate(extent) >= extent.total

    def word(self, name: str) -> str:
        """A field that is a choice."""
        return str(self.instruction.fields[name])

    def integer(self, name: str) -> int:
        """A field that is one integer."""
        value = self.instruction.fields[name]
        assert isinstance(value, int)
        return value

    def integers(self, name: str) -> tuple[int, ...]:
        """A field that is several integers."""
        value = self.instruction.fields[name]
        assert isinstance(value, tuple)
        return tuple(number for number in value if isinstance(number, int))

    def numbers(self, name: str) -> tuple[np.ndarray, ...]:
        """The same for every instance, int64 [instances] each."""
        return tuple(map(self.number, self.integers(name)))

    def extent(self, name: str) -> Extent:
        """A field that is an extent."""
        value = self.instruction.fields[name]
        assert isinstance(value, Extent)
        return value

    def index(self, name: str) -> Index:
        """A field that is an index."""
        value = self.instruction.fields[name]
        assert isinstance(value, Index)
        return value

    def indices(self, name: str) -> tuple[Index, ...]:
        """A field that is a position in a tensor."""
        value = self.instruction.fields[name]
        assert isinstance(value, tuple)
        return tuple(index for index in value if isinstance(index, Index))

    def reference(self, name: str) -> Reference:
        """A field that is an operand."""
        value = self.instruction.fields[name]
        assert isinstance(value, Reference)
        return value


@dataclass(frozen=True)
class Work:
    """A piece of work: instances [start, stop) in order.

    `launches` are the instances, in order, before which the host launches it or the
    rest of it; none where it is joined to the launch of the work before. What `follows`
    does not wait for the end of that work, whose tokens it goes on with.
    """

    name: str
    credits: tuple[int, ...]
    start: int
    stop: int
    launches: tuple[int, ...]
    follows: bool = False


@dataclass(frozen=True)
class Stream:
    """All instances of an entry. What begins a `Work`, or a launch, is none."""

    issues: Sequence[Issue]
    works: Sequence[Work]

    @cached_property
    def length(self) -> int:
        return sum(issue.instances for issue in self.issues)

    @cached_property
    def runs(self) -> Sequence[Sequence[Work]]:
        """The works, those together that follow each other without waiting."""
        found: list[list[Work]] = []
        for work in self.works:
            if work.follows:
                found[-1].append(work)
            else:
                found.append([work])
        return found

    @cached_property
    def issue_of(self) -> np.ndarray:
        """The number of the issue of every instance, in order of execution."""
        return self.scatter([np.int64(n) for n in range(len(self.issues))])

    @cached_property
    def instance_of(self) -> np.ndarray:
        """Which instance of its issue each one is, in order of execution."""
        return self.scatter([np.arange(issue.instances) for issue in self.issues])

    def scatter(self, columns: Sequence[np.ndarray | np.generic]) -> np.ndarray:
        """One column an issue, put into the order of execution: int64 [length]."""
        result = np.zeros(self.length, np.int64)
        for issue, column in zip(self.issues, columns, strict=True):
            result[issue.order] = column
        return result


def unroll(entry: Entry) -> Stream:
    """The stream of an entry.

    Raises:
        AipuError: an instruction before the first launch would never run; or there are
            too many to simulate.
    """
    lengths = _body_lengths(entry)
    issues: list[Issue] = []
    begins: list[tuple[Instruction, int, list[int]]] = []
    loops: list[tuple[int, int]] = []
    offset = 0
    for position, instruction in enumerate(entry.instructions):
        match instruction.mnemonic:
            case "loop":
                loops.append((_count(instruction), lengths[position]))
            case "end":
                count, length = loops.pop()
                offset += (count - 1) * length
            case mnemonic if not begins and mnemonic != "launch":
                raise AipuError(
                    f"instruction {position} ({mnemonic}) stands before any launch",
                    place=instruction.source or entry.name,
                    remedy="begin the entry with a launch",
                )
            case mnemonic if mnemonic in IDLE:
                if mnemonic in WORKS:
                    begins.append((instruction, offset, []))
                if mnemonic in LAUNCHES:
                    begins[-1][2].append(offset)
            case mnemonic:
                counts = [count for count, _ in loops]
                steps = np.array([length for _, length in loops], np.int64)
                counters = np.indices(counts).reshape(len(counts), prod(counts))
                order = offset + steps @ counters
                spec = BY_MNEMONIC[mnemonic]
                issues.append(Issue(instruction, spec, position, counters, order))
                offset += 1
    starts = [start for _, start, _ in begins]
    works = [
        Work(
            str(begin.fields["work"]),
            _credits(begin),
            start,
            stop,
            tuple(launches),
            begin.mnemonic == "follow",
        )
        for (begin, start, launches), stop in zip(
            begins, [*starts[1:], offset], strict=False
        )
    ]
    return Stream(issues, works)


def _body_lengths(entry: Entry) -> dict[int, int]:
    """How many instances one iteration of each loop has, by the loop's position."""
    lengths: dict[int, int] = {}
    opened: list[tuple[int, int]] = []
    offset = 0
    for position, instruction in enumerate(entry.instructions):
        match instruction.mnemonic:
            case "loop":
                opened.append((position, offset))
            case "end":
                start, before = opened.pop()
                lengths[start] = offset - before
                offset += (_count(entry.instructions[start]) - 1) * lengths[start]
            case mnemonic if mnemonic not in IDLE:
                offset += 1
    if offset > LARGEST_STREAM:
        raise AipuError(
            f"'{entry.name}' executes {offset:,} instructions, the simulator "
            f"{LARGEST_STREAM:,} at most",
            place=entry.name,
        )
    return lengths


def _count(loop: Instruction) -> int:
    count = loop.fields["count"]
    assert isinstance(count, int)
    return count


def _credits(begin: Instruction) -> tuple[int, ...]:
    credits = begin.fields.get("credits", ())
    assert isinstance(credits, tuple)
    return tuple(count for count in credits if isinstance(count, int))
