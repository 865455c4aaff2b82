"""Instructions bound to memories, to be executed in an order that a test chooses."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aipu.backend_aipu.program import Program
from aipu.dialects.aipu import Space
from aipu.runtime.simulator.memory import Memory
from aipu.runtime.simulator.operands import Operands, operands
from aipu.runtime.simulator.stream import Issue, unroll
from aipu.runtime.simulator.values import ArrayState, Execute, Views, execution


@dataclass(frozen=True)
class Instance:
    """One instruction at one value of the loop counters."""

    issue: Issue
    operands: Operands
    action: Execute
    views: Views
    number: int

    def execute(self) -> None:
        self.action(self.views, self.number)


def instances(program: Program, memory: Memory) -> list[Instance]:
    """All instances of the first entry of a program, in the order of the text."""
    stream, state = unroll(program.entries[0]), ArrayState()
    columns: list[list[Instance]] = []
    for issue in stream.issues:
        views, action = operands(issue, program), execution(issue, state)
        rows = memory.views(views, issue.instances)
        columns.append(
            [Instance(issue, views, action, row, n) for n, row in enumerate(rows)]
        )
    order = zip(stream.issue_of.tolist(), stream.instance_of.tolist(), strict=True)
    return [columns[issue][instance] for issue, instance in order]


def random_memory(program: Program, generator: np.random.Generator) -> Memory:
    """Memories of the size that a program needs, with any bytes in them."""
    weights = {
        b.name: np.zeros(b.bytes * b.slots, np.int8)
        for b in program.buffers
        if b.space is Space.WEIGHTS
    }
    memory = Memory(program, weights)
    for space, array in memory.spaces.items():
        memory.spaces[space] = generator.integers(-128, 128, array.size, np.int8)
    return memory


def contents(memory: Memory) -> Iterator[list[int]]:
    """The bytes of every space."""
    for space in Space:
        yield memory.spaces[space].tolist()
