"""The four forms of a program say the same: text, data, dialect and binary."""

from io import StringIO

from hypothesis import HealthCheck, given, settings
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin, ModuleOp
from xdsl.parser import Parser
from xdsl.printer import Printer

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.codegen import to_operation, to_program
from aipu.backend_aipu.program import Program
from aipu.dialects.aipu import Aipu, ProgramOp
from aipu.dialects.quant import Quant
from aipu.tests.backend_aipu.programs import ASCII_NAMES, programs, weights_of

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
many = settings(max_examples=40, suppress_health_check=SLOW)
few = settings(max_examples=20, suppress_health_check=SLOW)


@given(programs())
@many
def test_text_and_back(program: Program) -> None:
    assert parse_assembly(print_assembly(program), "program.s") == program


@given(programs())
@few
def test_printing_what_was_parsed_changes_nothing(program: Program) -> None:
    text = print_assembly(program)
    assert print_assembly(parse_assembly(text, "program.s")) == text


@given(programs())
@many
def test_binary_and_back(program: Program) -> None:
    weights = weights_of(program)
    read, arrays = read_binary(write_binary(program, weights), target=program.target)
    assert read == program
    assert arrays.keys() == weights.keys()
    assert all((arrays[name] == weights[name]).all() for name in weights)


@given(programs())
@many
def test_dialect_and_back(program: Program) -> None:
    operation = to_operation(program)
    operation.verify()
    assert to_program(operation) == program


@given(programs(ASCII_NAMES))  # xDSL reads others back as bytes
@few
def test_dialect_printed_and_parsed(program: Program) -> None:
    out = StringIO()
    Printer(out, print_debuginfo=True).print_op(ModuleOp([to_operation(program)]))
    context = Context()
    context.load_dialect(Builtin)
    context.load_dialect(Aipu)
    context.load_dialect(Quant)
    module = Parser(context, out.getvalue()).parse_module()
    module.verify()
    operation = module.body.block.first_op
    assert isinstance(operation, ProgramOp)
    assert to_program(operation) == program
