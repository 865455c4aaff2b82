"""What instructions compute, against loops over Python's integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.isa import INSTRUCTIONS
from aipu.backend_aipu.program import Program, Reference
from aipu.runtime.simulator.memory import Memory
from aipu.runtime.simulator.values import EXECUTIONS
from aipu.tests.runtime.simulator import random_instructions as random
from aipu.tests.runtime.simulator.bound import contents, instances, random_memory
from aipu.tests.runtime.simulator.plain_machine import PlainMachine

PROGRAMS = {
    "mac.conv": random.convolutions(),
    "mac.depthwise": random.depthwise_convolutions(),
    "mac.conv_leaky": random.convolutions("mac.conv_leaky"),
    "mac.depthwise_leaky": random.depthwise_convolutions("mac.depthwise_leaky"),
    "dma.load": random.transfers("dma.load"),
    "dma.store": random.transfers("dma.store"),
    "vector.add": random.additions(),
    "vector.multiply": random.multiplications(),
    "vector.maximum": random.choices("vector.maximum"),
    "vector.minimum": random.choices("vector.minimum"),
    "vector.requantise": random.requantisations(),
    "vector.lookup": random.lookups(),
    "vector.softmax": random.softmaxes(),
    "vector.permute": random.permutations(),
    "vector.max_pool": random.pools("vector.max_pool"),
    "vector.avg_pool": random.pools("vector.avg_pool"),
}
RECORD = np.dtype([("bias", "<i4"), ("multiplier", "<u2"), ("shift", "<u2")])
SINGLE = 1 << 15
"""The last bit of a record: its product is rounded to float32."""
LEAKY_RECORD = np.dtype([*RECORD.descr, ("below", "<u2"), ("below shift", "<u2")])


def test_every_instruction_has_values() -> None:
    assert {spec.mnemonic for spec in INSTRUCTIONS if spec.operands} == PROGRAMS.keys()
    assert {spec.mnemonic for spec in INSTRUCTIONS if spec.has_tokens} == (
        EXECUTIONS.keys()
    )


def random_records(
    count: int, generator: np.random.Generator, type: np.dtype = RECORD
) -> np.ndarray:
    """Biases of every magnitude, and scales that make ties likely."""
    records = np.zeros(count, type)
    biases = generator.integers(-(1 << 31), 1 << 31, count)
    records["bias"] = biases >> generator.integers(0, 32, count)
    records["multiplier"] = generator.choice([1, 3, 1 << 14, 24575, 32767], count)
    records["shift"] = generator.integers(0, 48, count)
    records["shift"] |= generator.choice([0, SINGLE], count).astype(np.uint16)
    if type == LEAKY_RECORD:  # there the last bit is a sign
        records["below"] = generator.choice([1, 3, 1 << 14, 24575, 32767], count)
        records["below shift"] = generator.integers(0, 48, count)
        signs = generator.choice([0, SINGLE], count).astype(np.uint16)
        records["below shift"] |= signs
    return records


def drawn_memory(program: Program, seed: int, bits: int) -> Memory:
    """Random bytes of a magnitude, and records where an instruction reads them."""
    generator = np.random.default_rng(seed)
    memory = random_memory(program, generator)
    for array in memory.spaces.values():
        array >>= 8 - bits
    for instruction in program.entries[0].instructions:
        reference = instruction.fields.get("parameters")
        if isinstance(reference, Reference):
            buffer = program.buffer(reference.buffer)
            for slot in range(buffer.slots):
                start = buffer.address + slot * buffer.bytes + reference.byte.base
                leaky = instruction.mnemonic.endswith("_leaky")
                type = LEAKY_RECORD if leaky else RECORD
                count = (buffer.bytes - reference.byte.base) // type.itemsize
                records = random_records(count, generator, type).view(np.int8)
                memory.spaces[buffer.space][start : start + len(records)] = records
    return memory


@pytest.mark.parametrize("mnemonic", PROGRAMS)
@settings(max_examples=120)
@given(data=st.data(), seed=st.integers(0, 1 << 16), bits=st.sampled_from([8, 2]))
def test_an_instruction_is_its_definition(
    mnemonic: str, data: st.DataObject, seed: int, bits: int
) -> None:
    program = data.draw(PROGRAMS[mnemonic])
    memory = drawn_memory(program, seed, bits)
    plain = PlainMachine(program, memory.spaces)
    plain.run()
    for instance in instances(program, memory):
        instance.execute()
    assert list(contents(memory)) == list(plain.memory.values())
