"""The levels agree: quantised operators, groups, the program and its other forms.

The networks are put together at random, the machines so small that all is tiled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.codegen import to_operation, to_program
from aipu.backend_aipu.machine import Machine
from aipu.backend_aipu.program import Program
from aipu.dialects.aipu import Engine, Space
from aipu.errors import AipuError
from aipu.runtime.optimising.numerics import execute
from aipu.runtime.simulator.faults import HazardError
from aipu.runtime.simulator.memory import Memory
from aipu.runtime.simulator.simulator import Simulator
from aipu.tests.compiled import NARROW, ODD, R329, TINY, Compiled, compiled
from aipu.tests.quantised_networks import Network, networks
from aipu.tests.runtime.simulator.any_order import Choose, run_in_any_order
from aipu.tests.runtime.simulator.plain_machine import PlainMachine

Inputs = Sequence[np.ndarray]
Weights = Mapping[str, np.ndarray]
MACHINES = {
    "tiny": (TINY, 7),
    "odd": (ODD, 7),
    "narrow": (NARROW, 16),
    "r329": (R329, 7),
}
"""With the extents of feature maps; on the narrow one not even a row of these fits."""


def simulated(
    program: Program, weights: Weights, machine: Machine, inputs: Inputs
) -> list[bytes]:
    """The bytes of the results."""
    simulator = Simulator(program, weights, machine)
    entry = program.entries[0]
    results = simulator.run(entry.name, dict(zip(entry.inputs, inputs, strict=True)))
    return [results[name].tobytes() for name in entry.outputs]


@pytest.mark.parametrize(("machine", "extent"), MACHINES.values(), ids=MACHINES)
@settings(max_examples=60)
@given(data=st.data())
def test_every_level_computes_the_same(
    machine: Machine, extent: int, data: st.DataObject
) -> None:
    network = data.draw(networks(extent=extent))
    network.module.verify()
    strategy = data.draw(st.sampled_from(["layerwise", "dp"]))
    try:
        low = compiled(network, machine, strategy)
    except AipuError as error:
        assert "not even its smallest tile fits" in error.message
        reject()
    quantised, tiled = (
        [array.tobytes() for array in execute(module, network.inputs, low.weights)]
        for module in (network.module, low.tile)
    )
    assert tiled == quantised
    assert simulated(low.program, low.weights, machine, network.inputs) == quantised


@settings(max_examples=40)
@given(networks())
def test_no_form_of_a_program_loses_anything(network: Network) -> None:
    program, weights = of_program(compiled(network, TINY))
    assert parse_assembly(print_assembly(program), "network.s") == program
    assert to_program(to_operation(program)) == program
    image = write_binary(program, weights)
    decoded, decoded_weights = read_binary(image)
    assert decoded == program
    assert write_binary(decoded, decoded_weights) == image


def of_program(low: Compiled) -> tuple[Program, Weights]:
    """A program and the weights that it has, no others."""
    names = [b.name for b in low.program.buffers if b.space is Space.WEIGHTS]
    return low.program, {name: low.weights[name] for name in names}


@settings(max_examples=30)
@given(networks(layers=2, extent=4), st.randoms(use_true_random=False))
def test_values_do_not_depend_on_timing(network: Network, random: Random) -> None:
    low = compiled(network, TINY)
    expected = [
        a.tobytes() for a in execute(network.module, network.inputs, low.weights)
    ]
    for choose in (random.choice, first, last):
        assert in_order(low.program, low.weights, network.inputs, choose) == expected


def first(engines: Sequence[Engine]) -> Engine:
    return engines[0]


def last(engines: Sequence[Engine]) -> Engine:
    return engines[-1]


def in_order(
    program: Program, weights: Weights, inputs: Inputs, choose: Choose
) -> list[bytes]:
    """The bytes of the results, the engines going on as `choose` says."""
    memory = Memory(program, weights)
    entry = program.entries[0]
    for name, array in zip(entry.inputs, inputs, strict=True):
        memory.write(name, array)
    machine = PlainMachine(program, memory.spaces)
    run_in_any_order(machine, choose)
    results = (program.buffer(name) for name in entry.outputs)
    return [
        np.array(machine.memory[b.space][b.address : b.end], np.int8).tobytes()
        for b in results
    ]


@settings(max_examples=60)
@given(
    networks(layers=2, extent=4),
    st.integers(0, 1 << 16),
    st.randoms(use_true_random=False),
)
def test_a_lost_token_is_reported_or_was_not_needed(
    network: Network, which: int, random: Random
) -> None:
    low = compiled(network, TINY)
    damaged = list(without_a_token(low.program))
    program = damaged[which % len(damaged)]
    try:
        found = simulated(program, low.weights, TINY, network.inputs)
    except HazardError:
        return
    for choose in (random.choice, first, last):
        assert in_order(program, low.weights, network.inputs, choose) == found


def without_a_token(program: Program) -> Iterator[Program]:
    """The program without one of its tokens, for every token of every instruction."""
    (entry,) = program.entries
    for position, instruction in enumerate(entry.instructions):
        for field in ("wait", "signal"):
            tokens = getattr(instruction, field)
            for token in tokens:
                left = tuple(other for other in tokens if other != token)
                changed = list(entry.instructions)
                changed[position] = replace(instruction, **{field: left})
                yield replace(
                    program, entries=(replace(entry, instructions=tuple(changed)),)
                )
