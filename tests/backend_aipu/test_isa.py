"""The instruction table agrees with the dialect, and with itself."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.codegen import to_instruction_operation
from aipu.backend_aipu.fields import ReferenceField
from aipu.backend_aipu.isa import BY_OPERATION, INSTRUCTIONS, InstructionSpec
from aipu.backend_aipu.program import Buffer, Reference
from aipu.dialects.aipu import (
    Aipu,
    BufferOp,
    EntryOp,
    NetworkOp,
    ProgramOp,
    SegmentOp,
    Space,
    TensorOp,
)
from aipu.tests.backend_aipu.programs import PLAIN_NAMES, Scope, instructions

OPERATIONS = [spec for spec in INSTRUCTIONS if spec.operation is not None]
WITH_OPERANDS = [
    spec
    for spec in OPERATIONS
    if any(isinstance(field, ReferenceField) for field in spec.fields)
]
BUFFERS = (
    Buffer("a", Space.SRAM, 0, 1),
    Buffer("b", Space.SRAM, 1, 1),
    Buffer("c", Space.SRAM, 2, 1),
    Buffer("d", Space.SRAM, 3, 1),
    Buffer("x", Space.DRAM, 0, 1),
    Buffer("w", Space.WEIGHTS, 0, 1),
)


def mnemonic(spec: InstructionSpec) -> str:
    return spec.mnemonic


def test_mnemonics_and_opcodes_are_unique() -> None:
    assert max(Counter(spec.mnemonic for spec in INSTRUCTIONS).values()) == 1
    assert max(Counter(spec.opcode for spec in INSTRUCTIONS).values()) == 1


def test_every_instruction_of_the_dialect_has_a_row() -> None:
    others = {ProgramOp, BufferOp, EntryOp, NetworkOp, TensorOp, SegmentOp}
    assert set(Aipu.operations) - others == set(BY_OPERATION)


@pytest.mark.parametrize("spec", INSTRUCTIONS, ids=mnemonic)
def test_everything_is_documented(spec: InstructionSpec) -> None:
    assert spec.doc
    assert all(field.doc for field in spec.fields)


@pytest.mark.parametrize("spec", OPERATIONS, ids=mnemonic)
def test_the_fields_are_the_operands_and_properties(spec: InstructionSpec) -> None:
    assert spec.operation is not None
    definition = spec.operation.get_irdl_definition()
    references = {f.name for f in spec.fields if isinstance(f, ReferenceField)}
    others = {f.name for f in spec.fields} - references
    expected = others | {f"{r}_{part}" for r in references for part in ("slot", "byte")}
    if spec.has_tokens:
        expected |= {"wait", "signal"}
    assert {name for name, _ in definition.operands} == references
    assert set(definition.properties) == expected
    assert len(spec.fields) == len(references | others)


@pytest.mark.parametrize("spec", OPERATIONS, ids=mnemonic)
def test_what_need_not_be_said_is_the_same_in_every_text(
    spec: InstructionSpec,
) -> None:
    assert spec.operation is not None
    properties = spec.operation.get_irdl_definition().properties
    for field in spec.fields:
        if field.default is not None:
            (attribute,) = field.write(field.default).values()
            assert properties[field.name].default_value == attribute


@pytest.mark.parametrize("spec", WITH_OPERANDS, ids=mnemonic)
def test_an_operand_is_a_view_in_words_of_the_fields(spec: InstructionSpec) -> None:
    numbers = {f.name for f in spec.fields} - spec.operands.keys()
    assert all(field.view.words <= numbers for field in spec.operands.values())


@pytest.mark.parametrize("spec", WITH_OPERANDS, ids=mnemonic)
def test_an_instruction_writes_one_operand(spec: InstructionSpec) -> None:
    (written,) = (field for field in spec.operands.values() if field.writes)
    assert not written.in_place


@pytest.mark.parametrize("spec", WITH_OPERANDS, ids=mnemonic)
@given(data=st.data())
@settings(max_examples=8)
def test_every_operand_is_the_buffer_of_its_field(
    spec: InstructionSpec, data: st.DataObject
) -> None:
    scope = Scope(PLAIN_NAMES, (), BUFFERS)
    instruction = data.draw(instructions(spec.mnemonic, scope))
    values = {b.name: BufferOp(b.name, b.space, b.address, b.bytes) for b in BUFFERS}
    operation = to_instruction_operation(
        instruction, {name: op.value for name, op in values.items()}
    )
    operation.verify()
    for name, value in instruction.fields.items():
        if isinstance(value, Reference):
            assert getattr(operation, name) is values[value.buffer].value
