"""A program that is not sound is refused, whatever form it came from."""

from dataclasses import replace

import pytest

from aipu.backend_aipu.assembly import print_assembly
from aipu.backend_aipu.binary import write_binary
from aipu.backend_aipu.isa import complete
from aipu.backend_aipu.program import Buffer, Entry, Instruction, Program, Reference
from aipu.backend_aipu.validate import validate
from aipu.dialects.aipu import Engine, Extent, Index, Space
from aipu.errors import AipuError

SYNC = Instruction("sync", {"engine": Engine.MAC}, ("a",), ("a", "b"), "node")
LOOP = Instruction("loop", {"counter": "row", "count": 2}, source="node")
END = Instruction("end", source="node")
LAUNCH = Instruction("launch", {"work": "node", "credits": (0, 1)})
LOOKUP = Instruction(
    "vector.lookup",
    complete(
        "vector.lookup",
        {
            "ifm": Reference("tile", Index(0, (1,))),
            "ofm": Reference("tile"),
            "table": Reference("tile"),
            "elements": Extent(4, 16, Index(0, (4,))),
        },
    ),
)
PROGRAM = Program(
    "r329",
    ("a", "b"),
    (
        Buffer("tile", Space.SRAM, 0, 16, 2),
        Buffer("image", Space.DRAM, 0, 16),
        Buffer("weight", Space.WEIGHTS, 0, 16),
    ),
    (Entry("main", ("image",), (), (LAUNCH, LOOP, SYNC, LOOKUP, END)),),
)


def with_instructions(*instructions: Instruction) -> Program:
    return replace(PROGRAM, entries=(Entry("main", (), (), instructions),))


def with_field(name: str, value: object) -> Program:
    """The program after a change of a field of its lookup."""
    lookup = replace(LOOKUP, fields={**LOOKUP.fields, name: value})
    return with_instructions(LOOP, lookup, END)


def with_buffer(buffer: Buffer) -> Program:
    return replace(PROGRAM, buffers=(*PROGRAM.buffers, buffer))


def error_of(program: Program) -> str:
    with pytest.raises(AipuError) as caught:
        validate(program, "aipu.bin")
    return str(caught.value)


def test_the_program_is_sound_without_a_change() -> None:
    validate(PROGRAM)


def test_the_place_of_an_error_is_in_words() -> None:
    program = with_instructions(LOOP, replace(SYNC, wait=("c",)), END)
    assert error_of(program) == (
        "aipu.bin: entry 'main', instruction 1, sync of node: unknown token 'c'\n"
        "  known: a, b"
    )
    assert error_of(with_buffer(Buffer("new", Space.SRAM, -1, 1))) == (
        "aipu.bin: buffer 'new': 'address' must be 0 to 4294967295, found -1"
    )


@pytest.mark.parametrize(
    ("instructions", "message"),
    [
        ((replace(SYNC, mnemonic="sink"),), "unknown instruction 'sink'"),
        ((replace(SYNC, fields={}),), "sync lacks engine"),
        ((replace(LAUNCH, wait=("a",)),), "launch cannot wait"),
        ((replace(END, signal=("a",)),), "end cannot signal"),
        ((replace(SYNC, signal=("b", "a")),), "not in the order of the program's"),
        ((replace(SYNC, signal=("b", "b")),), "the token 'b' is there twice"),
        ((replace(SYNC, source="a\0b"),), "the source's name is not text"),
        ((replace(SYNC, source="\ud800"),), "the source's name is not text"),
        ((LOOP, replace(END, source="else")), "another source than the loop"),
        ((LOOP,), "the loop 'row' is not closed"),
        ((END,), "a loop ends here, but none is open"),
        ((LOOP, LAUNCH, END), "a launch inside of the loop 'row'"),
        ((LOOP, LOOP, END, END), "a loop around it counts 'row' too"),
        ((LOOKUP,), "'ifm' follows 1 loops; loops around it: 0"),
    ],
)
def test_instructions(instructions: tuple[Instruction, ...], message: str) -> None:
    assert message in error_of(with_instructions(*instructions))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("size", 3, "unknown field of vector.lookup 'size'"),
        ("ifm", Reference("tale"), "unknown buffer 'tale'"),
        ("ifm", Reference("image"), "'ifm' must be in sram, 'image' is in dram"),
        ("ifm", Reference("tile", Index(1 << 31)), "'ifm' must be -2147483648 to"),
        (
            "ifm",
            Reference("tile", Index(0, (1, 1))),
            "follows 2 loops; loops around it: 1",
        ),
        ("ofm", Reference("tile", Index(0, (0,))), "last stride of 'ofm' must not be"),
        ("elements", Extent(-1, 16), "'elements' must be 0 to 4294967295, found -1"),
    ],
)
def test_fields(name: str, value: object, message: str) -> None:
    assert message in error_of(with_field(name, value))


@pytest.mark.parametrize(
    ("credits", "message"),
    [
        ((1, 0), "the last credit must not be zero"),
        ((1, 1, 1), "credits for 3 tokens, the program has 2"),
        ((1, 256), "'credits' must be 0 to 255, found 256"),
    ],
)
def test_credits(credits: tuple[int, ...], message: str) -> None:
    launch = replace(LAUNCH, fields={"work": "node", "credits": credits})
    assert message in error_of(with_instructions(launch))


@pytest.mark.parametrize(
    ("buffer", "message"),
    [
        (Buffer("tile", Space.DRAM, 0, 1), "the buffer 'tile' is there twice"),
        (Buffer("\0", Space.DRAM, 0, 1), "the name of a buffer is not text"),
        (Buffer("new", Space.DRAM, 0, 0), "'bytes' must be 1 to 4294967295, found 0"),
        (Buffer("new", Space.DRAM, 0, 1, 0), "'slots' must be 1 to 4294967295"),
        (Buffer("new", Space.DRAM, 1 << 31, 1 << 30, 3), "the buffer ends at 0x1400"),
        (Buffer("new", Space.WEIGHTS, 15, 1), "it overlaps the weights before it"),
        (Buffer("new", Space.WEIGHTS, 1 << 31, 1), "bytes before these weights are"),
    ],
)
def test_buffers(buffer: Buffer, message: str) -> None:
    assert message in error_of(with_buffer(buffer))


def test_names() -> None:
    main = PROGRAM.entries[0]
    assert "is there twice" in error_of(replace(PROGRAM, tokens=("a", "a")))
    assert "is there twice" in error_of(replace(PROGRAM, entries=(main, main)))
    assert "the machine has 16 tokens" in error_of(
        replace(PROGRAM, tokens=tuple(map(str, range(17))))
    )
    outputs = replace(main, outputs=("image", "imag"))
    assert "unknown buffer 'imag'" in error_of(replace(PROGRAM, entries=(outputs,)))


def test_neither_text_nor_binary_is_written_of_an_unsound_program() -> None:
    program = with_instructions(LOOP)
    with pytest.raises(AipuError, match="is not closed"):
        print_assembly(program)
    with pytest.raises(AipuError, match="is not closed"):
        write_binary(program, {})
