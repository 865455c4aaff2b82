"""The assembly language, there and back."""

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.program import Program
from aipu.tests.backend_aipu.programs import programs
from hypothesis import given, settings


@given(programs())
@settings(max_examples=60, deadline=None)
def test_text_keeps_everything(program: Program) -> None:
    assert parse_assembly(print_assembly(program), "random.s") == program
