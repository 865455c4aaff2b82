"""What a text means, and how a program is written."""

from pathlib import Path

import pytest

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.assembly.grammar import EXPECTED, grammar
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.fields import ExtentField, IntegersField
from aipu.backend_aipu.isa import (
    BY_MNEMONIC,
    BY_OPCODE,
    InstructionSpec,
    Timing,
)
from aipu.backend_aipu.program import (
    Buffer,
    Entry,
    Instruction,
    Program,
    Reference,
    Value,
)
from aipu.dialects.aipu import Engine, Extent, Index, Space, whole

EXAMPLE = Path(__file__).parents[2] / "docs" / "example.s"

PROGRAM = Program(
    "r329",
    ("free", "full"),
    (
        Buffer("input", Space.DRAM, 0x100, 256),
        Buffer("odd name", Space.SRAM, 0, 192, 2),
    ),
    (
        Entry(
            "main",
            ("input",),
            (),
            (
                Instruction("launch", {"work": "copy", "credits": (2,)}, source="n/1"),
                Instruction("loop", {"counter": "row", "count": 7}, source="n/1"),
                Instruction(
                    "dma.load",
                    {
                        "sram": Reference("odd name", Index(0, (1,)), Index(-4, (64,))),
                        "dram": Reference("input"),
                        "shape": (1, 4, 4, 16),
                        "strides": (256, 64, 16, -1),
                        "origin": (Index(), Index(-3, (16,)), Index(-3), Index()),
                        "box": (1, 3, 4, 16),
                        "fill": -14,
                    },
                    ("free",),
                    ("free", "full"),
                    "n/1",
                ),
                Instruction("end", source="n/1"),
                Instruction("sync", {"engine": Engine.MAC}, ("full",)),
            ),
        ),
    ),
)
TEXT = """\
.target r329
.tokens free, full

.buffer input      dram    at 0x00000100 bytes 256
.buffer "odd name" sram    at 0x00000000 bytes 192 slots 2

.entry main inputs input

launch work=copy credits=[free: 2] @n/1
loop row times 7 @n/1 {
  dma.load sram="odd name"[row] - 4 + 64*row dram=input shape=[1, 4, 4, 16]
      strides=[256, 64, 16, -1] origin=[0, -3 + 16*row, -3, 0] box=[1, 3, 4, 16]
      fill=-14
      wait free signal free, full @n/1
}
sync engine=mac wait full
"""


def test_a_text_means_its_program() -> None:
    assert parse_assembly(TEXT, "text.s") == PROGRAM


def test_a_program_is_written_as_a_person_would() -> None:
    assert print_assembly(PROGRAM) == TEXT


@pytest.mark.parametrize(
    ("written", "as_well"),
    [
        ("at 0x00000100 bytes 256", "at 256 bytes 0x100 slots 1"),
        ("fill=-14", "fill = -0xe ; a comment, fill=3"),
        ("launch", "; comment\n\n  \t; another\n\nlaunch"),
        ("free signal free, full", "free signal full , free"),
        ("shape=[1, 4, 4, 16]", "\n ; on the next line\n shape=[1,4, 4 ,16]"),
        ("-3 + 16*row, -3", "row - 1 + 10*row - 2+5 * row, 3 - 6"),
        ("-3, 0]", "+ -3, - -0]"),
        ('"odd name"[row] - 4 + 64*row', r'"odd\u0020name"[ row ]+0x40*row-4'),
        ("fill=-14\n      wait", "wait"),
        ("wait full\n", "wait full"),
        ("\n", "\r\n"),
    ],
)
def test_other_ways_to_write_the_same(written: str, as_well: str) -> None:
    text = TEXT.replace(written, as_well)
    if "fill" in written and "fill" not in as_well:
        text = text.replace("dram=input", "fill=-14 dram=input")
    assert text != TEXT
    assert parse_assembly(text, "text.s") == PROGRAM


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16", whole(16)),
        ("8 of 56 at 8*row", Extent(8, 56, Index(0, (8,)))),
        ("8 of 56 at 0", Extent(8, 56, Index())),
        ("8 of 56 at 1 - 2*column", Extent(8, 56, Index(1, (0, -2)))),
    ],
)
def test_an_extent_is_a_size_or_what_is_left(text: str, value: Value) -> None:
    loops = "loop row times 7 {\nloop column times 2 {\n"
    pool = (
        f"vector.max_pool ifm=tile ofm=tile rows={text} columns=1 channels=1 "
        "ifm_columns=1 kernel=[1, 1] stride=[1, 1]\n"
    )
    buffers = ".target r329\n.buffer tile sram at 0 bytes 1\n"
    program = parse_assembly(f"{buffers}.entry main\n{loops}{pool}}}\n}}", "text.s")
    _, _, instruction, *_ = program.entries[0].instructions
    assert instruction.fields["rows"] == value


def test_the_example_says_the_same_when_it_is_written_again() -> None:
    program = parse_assembly(EXAMPLE.read_text(), "example.s")
    assert parse_assembly(print_assembly(program), "again.s") == program


def test_the_example_uses_every_instruction() -> None:
    program = parse_assembly(EXAMPLE.read_text(), "example.s")
    (entry,) = program.entries
    assert {line.mnemonic for line in entry.instructions} == BY_MNEMONIC.keys()


def test_a_new_row_in_the_table_is_a_new_instruction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = (ExtentField("height", "rows"), IntegersField("levels", "all", 3, "h"))
    spec = InstructionSpec("new.one", 0x77, Engine.MAC, Timing.NONE, None, fields)
    monkeypatch.setitem(BY_MNEMONIC, "new.one", spec)
    monkeypatch.setitem(BY_OPCODE, 0x77, spec)
    text = ".target r329\n\n.entry main\nnew.one height=3 levels=[1, -2, 3] @node\n"
    program = parse_assembly(text, "new.s")
    assert print_assembly(program) == text
    assert read_binary(write_binary(program, {})) == (program, {})


def test_every_terminal_has_a_name_for_people() -> None:
    patterns = {t.name for t in grammar().terminals if t.pattern.type == "re"}
    statements = [r for r in grammar().rules if r.origin.name != "value"]
    used = {symbol.name for rule in statements for symbol in rule.expansion}
    assert used & patterns <= EXPECTED.keys()
