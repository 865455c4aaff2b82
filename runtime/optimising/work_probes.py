"""Every piece of work by itself, on feature maps of any integers.

The feature maps of a network are what it makes of its inputs: they fill the range that
they were calibrated for, and seldom reach a clamp. Here each piece of work is given
others: any integers, and those at the ends of their range. So two levels, or a program
before and after a pass, are compared where networks seldom come.
"""

from collections.abc import Mapping, Sequence
from math import prod
from zlib import crc32

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from ...backend_aipu.isa import WORKS
from ...backend_aipu.program import Entry, Instruction, Program, Reference
from ...dialects import tile
from ...dialects.aipu import Space
from ...dialects.nn import shape
from ...dialects.semantics.evaluate import evaluate_block
from ...passes.authoring.segments import machine_functions
from ...passes.lowering.feature_maps import InDram, feature_maps
from ...passes.running.executable import Probe
from ...passes.scheduling.network.groups import groups_of
from ..simulator.simulator import Simulator

LEAST, GREATEST = -128, 127
CONTENTS = ("any", "ends", "greatest", "least")


def content(kind: str, name: str, size: int) -> np.ndarray:
    """What the feature map `name` holds: int8 [size], the same every time."""
    random = np.random.default_rng(crc32(f"{kind} {name}".encode()))
    match kind:
        case "any":
            values = random.integers(LEAST, GREATEST, size, endpoint=True)
        case "ends":
            values = random.choice((LEAST, GREATEST), size)
        case "greatest":
            values = np.full(size, GREATEST)
        case _:
            values = np.full(size, LEAST)
    return values.astype(np.int8)


def probes_of_groups(
    module: ModuleOp, weights: Mapping[str, np.ndarray]
) -> dict[str, Probe]:
    """The groups of a module by their names."""
    functions = machine_functions(module)
    works = {group.work.data for f in functions for group in groups_of(f)}
    found: dict[str, Probe] = {}
    for function in functions if works else ():
        lie, lifetimes = feature_maps(function, works)
        sizes = {life.name: life.bytes for life in lifetimes}
        for group in groups_of(function):
            reads = [lie[value] for value in group.inputs]
            buffers = {each.buffer: sizes[each.buffer] for each in reads}
            results = tuple(
                _result(group, reads, _filled(buffers, kind), weights)
                for kind in CONTENTS
            )
            found[group.work.data] = Probe(frozenset(buffers), results)
    return found


def _result(
    group: tile.GroupOp,
    reads: Sequence[InDram],
    buffers: Mapping[str, np.ndarray],
    weights: Mapping[str, np.ndarray],
) -> np.ndarray:
    """The bytes that a group makes of feature maps in buffers of such contents."""
    shapes = [shape(value) for value in group.inputs]
    maps = [
        buffers[name][first : first + prod(extents)].reshape(extents)
        for (name, first), extents in zip(reads, shapes, strict=True)
    ]
    result, *_ = evaluate_block(group.body.block, maps, weights)
    return result.reshape(-1)


def probes_of_program(simulator: Simulator) -> dict[str, Probe]:
    """The pieces of work of a program that store a result, by their names."""
    found: dict[str, Probe] = {}
    for name, prepared in simulator.entries.items():
        works = _works(prepared.entry)
        reads = {
            work: _maps(simulator.program, instructions, "dma.load")
            for work, instructions in works.items()
        }
        runs = [
            simulator.run_works(
                name, {work: _filled(reads[work], kind) for work in works}
            )
            for kind in CONTENTS
        ]
        for work, instructions in works.items():
            if work in _maps(simulator.program, instructions, "dma.store"):
                results = tuple(run[work] for run in runs)
                found[work] = Probe(frozenset(reads[work]), results)
    return found


def _works(entry: Entry) -> dict[str, list[Instruction]]:
    """The instructions of each piece of work."""
    works: dict[str, list[Instruction]] = {}
    part: list[Instruction] = []
    for instruction in entry.instructions:
        if instruction.mnemonic in WORKS:
            part = works[str(instruction.fields["work"])] = []
        else:
            part.append(instruction)
    return works


def _maps(
    program: Program, instructions: Sequence[Instruction], mnemonic: str
) -> dict[str, int]:
    """The feature maps that transfers load, or store, and their bytes."""
    found: dict[str, int] = {}
    for instruction in instructions:
        reference = instruction.fields.get("dram")
        if instruction.mnemonic == mnemonic and isinstance(reference, Reference):
            buffer = program.buffer(reference.buffer)
            if buffer.space is Space.DRAM:
                found[buffer.name] = buffer.bytes * buffer.slots
    return found


def _filled(maps: Mapping[str, int], kind: str) -> dict[str, np.ndarray]:
    """Contents of a kind for some feature maps."""
    return {name: content(kind, name, size) for name, size in maps.items()}
