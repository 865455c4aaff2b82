"""Any program either runs, or is refused with a message: never anything else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.assembly import parse_assembly
from aipu.backend_aipu.machine import Machine, load_machine
from aipu.backend_aipu.program import Buffer, Instruction, Program, Reference, Value
from aipu.backend_aipu.validate import find_fault
from aipu.dialects.aipu import Extent, Index
from aipu.errors import AipuError
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.backend_aipu.programs import PLAIN_NAMES, programs, weights_of
from aipu.tests.machines import tiny_machine

TEXT = Path(__file__).parents[3] / "docs" / "example.s"
EXAMPLE = parse_assembly(TEXT.read_text("utf-8"), TEXT.name)
R329 = load_machine("r329")
NUMBERS = st.one_of(
    st.integers(-9, 9), st.sampled_from([65535, -(1 << 31), (1 << 31) - 1, 1 << 32])
)


def run_all(program: Program, machine: Machine) -> None:
    """Run every entry of a program on zeros, and time it."""
    simulator = Simulator(program, weights_of(program), machine)
    for entry in program.entries:
        inputs = {name: _zeros(program.buffer(name)) for name in entry.inputs}
        simulator.run(entry.name, inputs)
        assert simulator.entry(entry.name).profile.cycles >= 0


def _zeros(buffer: Buffer) -> np.ndarray:
    return np.zeros(buffer.bytes * buffer.slots, np.int8)


def shrunk(program: Program) -> Program:
    """The same with small buffers and few turns, which fit into memory."""
    buffers = [
        Buffer(b.name, b.space, b.address % 64, b.bytes % 64 + 1, b.slots % 3 + 1)
        for b in program.buffers
    ]
    entries = [
        replace(entry, instructions=tuple(map(_few_turns, entry.instructions)))
        for entry in program.entries
    ]
    return Program("tiny", program.tokens, tuple(buffers), tuple(entries))


def _few_turns(instruction: Instruction) -> Instruction:
    count = instruction.fields.get("count")
    if not isinstance(count, int):
        return instruction
    return replace(instruction, fields={**instruction.fields, "count": count % 4 + 1})


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(programs(PLAIN_NAMES).map(shrunk))
def test_instructions_put_together_at_random(program: Program) -> None:
    try:
        run_all(program, tiny_machine())
    except AipuError as error:
        assert error.message


@st.composite
def damaged(draw: st.DrawFn) -> Program:
    """The example of the manual, with some of its numbers or tokens changed."""
    (entry,) = EXAMPLE.entries
    instructions = list(entry.instructions)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(instructions) - 1))
        instructions[at] = _damaged(draw, instructions[at])
    return replace(EXAMPLE, entries=(replace(entry, instructions=tuple(instructions)),))


def _damaged(draw: st.DrawFn, instruction: Instruction) -> Instruction:
    part = draw(st.sampled_from(["wait", "signal", *instruction.fields]))
    if part in ("wait", "signal"):
        return replace(instruction, **{part: getattr(instruction, part)[1:]})
    fields: Mapping[str, Value] = instruction.fields
    return replace(instruction, fields={**fields, part: _changed(draw, fields[part])})


def _changed(draw: st.DrawFn, value: Value) -> Value:
    """A value in which one number is another."""
    match value:
        case int():
            return draw(st.one_of(NUMBERS, NUMBERS.map(lambda step: value + step)))
        case Index(strides=strides):
            return Index(draw(NUMBERS), strides)
        case Extent(size, total, position):
            return draw(
                st.sampled_from(
                    [
                        Extent(draw(NUMBERS), total, position),
                        Extent(size, draw(NUMBERS), position),
                        Extent(size, total, Index(draw(NUMBERS), position.strides)),
                    ]
                )
            )
        case Reference(buffer, slot, byte):
            return Reference(buffer, slot, Index(draw(NUMBERS), byte.strides))
        case tuple() if value and isinstance(value[0], int):
            at = draw(st.integers(0, len(value) - 1))
            numbers = [draw(NUMBERS) if n == at else v for n, v in enumerate(value)]
            return tuple(number for number in numbers if isinstance(number, int))
        case _:
            return value


@settings(max_examples=60)
@given(damaged())
def test_a_sound_program_with_other_numbers(program: Program) -> None:
    assume(find_fault(program) is None)
    try:
        run_all(program, R329)
    except AipuError as error:
        assert error.message
