"""A program in any order that its queues and tokens allow, one instruction at a time.

Whatever the latencies and the bandwidth of a machine, its engines take their
instructions in one of these orders. Nothing of the simulator is used.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence

from aipu.backend_aipu.isa import BY_MNEMONIC
from aipu.backend_aipu.program import Instruction, Program
from aipu.dialects.aipu import Engine
from aipu.tests.runtime.simulator.plain_machine import (
    Counters,
    PlainMachine,
    executed,
    numbers,
)

Choose = Callable[[Sequence[Engine]], Engine]
"""Which of the engines that could go on is the next to do so."""

Queues = dict[Engine, deque[tuple[Instruction, Counters]]]


def run_in_any_order(machine: PlainMachine, choose: Choose, entry: int = 0) -> None:
    """Execute an entry; a launch waits until all before it is done.

    Raises:
        AssertionError: no engine can go on.
    """
    program = machine.program
    queues: Queues = {}
    tokens: Counter[str] = Counter()
    for _, instruction, counters in executed(program.entries[entry].instructions):
        if instruction.mnemonic == "launch":
            _drain(machine, queues, tokens, choose)
            tokens = _credits(program, instruction)
            continue
        engine = _engine(instruction)
        queues.setdefault(engine, deque()).append((instruction, counters))
    _drain(machine, queues, tokens, choose)


def _credits(program: Program, launch: Instruction) -> Counter[str]:
    given = zip(program.tokens, numbers(launch, "credits"), strict=False)
    return Counter(dict(given))


def _engine(instruction: Instruction) -> Engine:
    spec = BY_MNEMONIC[instruction.mnemonic]
    return spec.engine or Engine(str(instruction.fields["engine"]))


def _drain(
    machine: PlainMachine, queues: Queues, tokens: Counter[str], choose: Choose
) -> None:
    """Execute all that is in the queues."""
    while any(queues.values()):
        ready = [
            engine
            for engine, queue in queues.items()
            if queue and not Counter(queue[0][0].wait) - tokens
        ]
        assert ready, "no engine can go on"
        instruction, counters = queues[choose(ready)].popleft()
        tokens.subtract(instruction.wait)
        machine.step(instruction, counters)
        tokens.update(instruction.signal)
