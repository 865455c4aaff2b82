"""The dialect becomes a program, or an error that names the node."""

from pathlib import Path

import pytest
from xdsl.context import Context
from xdsl.dialects import test
from xdsl.dialects.builtin import Builtin
from xdsl.ir import Operation
from xdsl.parser import Parser

from aipu.backend_aipu.codegen import to_operation, to_program
from aipu.backend_aipu.program import Instruction
from aipu.backend_aipu.validate import validate
from aipu.dialects.aipu import (
    Aipu,
    BufferOp,
    BufferType,
    Engine,
    EntryOp,
    PermuteOp,
    ProgramOp,
    Space,
    SyncOp,
)
from aipu.dialects.locations import named
from aipu.errors import AipuError

PROGRAM_FILE = (
    Path(__file__).parents[1] / "filecheck" / "dialects" / "aipu" / "program.mlir"
)


def parse(text: str) -> ProgramOp:
    context = Context()
    context.load_dialect(Builtin)
    context.load_dialect(Aipu)
    module = Parser(context, text).parse_module()
    module.verify()
    operation = module.body.block.first_op
    assert isinstance(operation, ProgramOp)
    return operation


def program_op(*instructions: Operation) -> ProgramOp:
    return ProgramOp("r329", ["a", "b"], [EntryOp("main", (), (), instructions)])


def test_tokens_get_the_order_of_the_programs() -> None:
    sync = SyncOp(Engine.MAC, wait=("b", "a"), signal=("b",))
    sync.location = named("node")
    assert to_program(program_op(sync)).entries[0].instructions == (
        Instruction("sync", {"engine": Engine.MAC}, ("a", "b"), ("b",), "node"),
    )


def test_an_unknown_token_is_kept_for_the_check() -> None:
    program = to_program(program_op(SyncOp(Engine.MAC, wait=("c", "a"))))
    assert program.entries[0].instructions[0].wait == ("a", "c")
    with pytest.raises(AipuError, match="unknown token 'c'"):
        validate(program)


def test_an_entry_holds_instructions_only() -> None:
    other = test.TestOp()
    other.location = named("node")
    with pytest.raises(AipuError, match=r"test\.op is not an instruction") as caught:
        to_program(program_op(other))
    assert caught.value.place == "node"


def test_a_program_holds_buffers_and_entries_only() -> None:
    with pytest.raises(AipuError, match=r"test\.op is neither a buffer nor an entry"):
        to_program(ProgramOp("r329", (), [test.TestOp()]))


def test_an_operand_is_a_buffer_of_the_program() -> None:
    other = test.TestOp(result_types=[BufferType(Space.SRAM)])
    (tile,) = other.results
    permute = PermuteOp.create(operands=[tile, tile], location=named("node"))
    with pytest.raises(AipuError, match="'ifm' must be an aipu") as caught:
        to_program(program_op(permute))
    assert caught.value.place == "node"


def test_a_hand_written_module_and_back() -> None:
    operation = parse(PROGRAM_FILE.read_text())
    program = to_program(operation)
    validate(program)
    assert to_program(parse(str(to_operation(program)))) == program


@pytest.mark.parametrize("name", ["", "7", "a b", "é", "_1", "conv1.ifm"])
def test_any_name_of_a_buffer_gives_a_value_a_name(name: str) -> None:
    buffers = [BufferOp(name, Space.SRAM, 0, 1)]
    program = to_program(ProgramOp("r329", (), buffers))
    operation = to_operation(program)
    operation.verify()
    assert to_program(operation) == program
