"""Text, `aipu` dialect and binary say the same of every network, both ways."""

import pytest
from xdsl.ir import Operation

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.codegen import to_operation, to_program
from aipu.backend_aipu.program import Program
from aipu.dialects.aipu import BufferOp, NamesAttr
from aipu.dialects.locations import source_name
from aipu.passes.authoring.context import AipuContext
from aipu.passes.running.printing import Locations, module_text
from aipu.passes.running.reading import read_module
from aipu.runtime.building.levels import AIPU
from aipu.runtime.building.package import Package
from aipu.runtime.building.verify import program_of

pytestmark = pytest.mark.long


def said(op: Operation) -> tuple[object, ...]:
    """All that an operation says; a set of tokens has no order."""
    properties = {
        name: frozenset(value.data) if isinstance(value, NamesAttr) else value
        for name, value in op.properties.items()
        if name != "tokens"
    }
    buffers = [
        o.owner.buffer_name for o in op.operands if isinstance(o.owner, BufferOp)
    ]
    return op.name, source_name(op), properties, buffers


@pytest.fixture
def program(package: Package) -> Program:
    return to_program(program_of(package.levels[AIPU]))


def test_dialect_to_text_and_back(package: Package) -> None:
    text = module_text(package.levels[AIPU], Locations.NAMES)
    read = read_module(text, "aipu.mlir", AipuContext())
    assert module_text(read, Locations.NAMES) == text
    assert to_program(program_of(read)) == to_program(program_of(package.levels[AIPU]))


def test_dialect_to_program_and_back(package: Package, program: Program) -> None:
    made = to_operation(program)
    made.verify()
    assert to_program(made) == program
    lowered = program_of(package.levels[AIPU])
    for ours, theirs in zip(made.walk(), lowered.walk(), strict=True):
        assert said(ours) == said(theirs)


def test_program_to_assembly_and_back(program: Program) -> None:
    text = print_assembly(program)
    assert parse_assembly(text, "program.s") == program
    assert print_assembly(parse_assembly(text, "program.s")) == text


def test_program_to_binary_and_back(package: Package, program: Program) -> None:
    read, weights = read_binary(package.binary, name="aipu.bin")
    assert read == program
    assert write_binary(read, weights) == package.binary


def test_assembly_to_binary(package: Package, program: Program) -> None:
    _, weights = read_binary(package.binary, name="aipu.bin")
    parsed = parse_assembly(print_assembly(program), "program.s")
    assert write_binary(parsed, weights) == package.binary
