"""A binary that is not what was written is refused, whoever changed it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.binary.elf import write_elf
from aipu.backend_aipu.binary.note import VERSION, seal, write_note
from aipu.backend_aipu.binary.sections import fill_sections
from aipu.backend_aipu.isa import complete
from aipu.backend_aipu.network import Network, Segment, Tensor
from aipu.backend_aipu.program import Buffer, Entry, Instruction, Program, Reference
from aipu.dialects.aipu import Engine, Extent, Index, Space
from aipu.errors import AipuError
from aipu.tests.backend_aipu.programs import programs, weights_of

PROGRAM = Program(
    "r329",
    ("free", "full"),
    (
        Buffer("tile", Space.SRAM, 0, 16, 2),
        Buffer("weight", Space.WEIGHTS, 0, 16),
        Buffer("input", Space.DRAM, 0, 16),
    ),
    (
        Entry(
            "main",
            ("input",),
            (),
            (
                Instruction("launch", {"work": "node", "credits": (1,)}),
                Instruction("loop", {"counter": "row", "count": 2}, source="node"),
                Instruction(
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
                    ("free",),
                    ("full",),
                    "node",
                ),
                Instruction("end", source="node"),
            ),
        ),
        Entry("other", (), (), (Instruction("sync", {"engine": Engine.MAC}),)),
    ),
    Network(
        ("image",),
        (),
        (Tensor("image", "int8", (4, 4), 0.5, -3, (1, 0)),),
        (Segment("main", ("image",), ()), Segment("other", (), ())),
    ),
)
WEIGHTS = weights_of(PROGRAM)
DATA = write_binary(PROGRAM, WEIGHTS)


def error_of(data: bytes, target: str | None = None) -> AipuError:
    with pytest.raises(AipuError) as caught:
        read_binary(data, target=target, name="aipu.bin")
    return caught.value


def flipped(data: bytes, position: int, bits: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= bits
    return bytes(changed)


@pytest.mark.parametrize("bits", [0x01, 0x80, 0xFF])
def test_every_byte_counts(bits: int) -> None:
    for position in range(len(DATA)):
        assert "aipu.bin" in str(error_of(flipped(DATA, position, bits)))


@given(programs(), st.data())
@settings(
    max_examples=40,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
def test_any_flipped_bits_are_found(program: Program, data: st.DataObject) -> None:
    binary = write_binary(program, weights_of(program))
    position = data.draw(st.integers(0, len(binary) - 1))
    damaged = flipped(binary, position, data.draw(st.integers(1, 255)))
    assert "aipu.bin" in str(error_of(damaged))


def test_every_cut_is_found() -> None:
    for length in range(len(DATA)):
        error_of(DATA[:length])
    assert error_of(DATA[:200]).message == f"cut short: 200 bytes of {len(DATA)}"


def test_bytes_after_the_end_are_found() -> None:
    assert "the note does not fit the file" in error_of(DATA + b"\0").message


@pytest.mark.parametrize(
    "name", [".text", ".descriptors", ".aipu.strings", ".symtab", ".weights"]
)
def test_the_damaged_section_is_named(name: str) -> None:
    sections = fill_sections(PROGRAM, WEIGHTS)
    contents = next(section.data for section in sections if section.name == name)
    error = error_of(flipped(DATA, DATA.index(contents) + 2, 4))
    assert error.place == "aipu.bin"
    assert error.message == f"damaged: {name} does not match its checksum"


def test_the_wrong_target_is_named_with_the_right_one() -> None:
    error = error_of(DATA, target="tpu")
    assert error.message == "made for the target 'r329', not 'tpu'"
    read_binary(DATA, target="r329")


def test_another_version_is_named() -> None:
    error = error_of(DATA[:84] + bytes([VERSION + 1]) + DATA[85:])
    assert error.message == f"format version {VERSION + 1}, expected version {VERSION}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an ELF file"),
        (b"AIPU BIN", "not an ELF file"),
        (b"\x7fEL", "cut short"),
        (Path(sys.executable).read_bytes(), "ELF"),
    ],
    ids=["nothing", "text", "begin", "python"],
)
def test_other_files(data: bytes, message: str) -> None:
    assert message in error_of(data).message


NOTE, *SECTIONS = fill_sections(PROGRAM, WEIGHTS)
CONTENTS = {section.name: section.data for section in SECTIONS}


def forged(name: str, contents: bytes) -> bytes:
    """The binary with other bytes in a section, and with all checksums right."""
    sections = [
        replace(section, data=contents) if section.name == name else section
        for section in SECTIONS
    ]
    note = write_note(PROGRAM.target, [section.data for section in sections])
    return seal(write_elf([replace(NOTE, data=note), *sections]))


def patched(name: str, offset: int, patch: bytes) -> bytes:
    """The contents of a section with other bytes from an offset on."""
    contents = CONTENTS[name]
    return contents[:offset] + patch + contents[offset + len(patch) :]


LOOKUP, END, SYNC = (16 * number for number in (2, 3, 4))
"""Where these instructions are in `.text`."""

IFM = int.from_bytes(CONTENTS[".text"][LOOKUP + 12 : LOOKUP + 16], "little")
"""Where the lookup's ifm is in `.descriptors`: buffer 0, slot `row`, 23 zeros."""

UNFIT = "damaged: its tables do not fit each other"
EXTRA = "damaged: a part of the file has no meaning"


def test_a_forged_file_can_be_right() -> None:
    assert forged(".text", CONTENTS[".text"]) == DATA


@pytest.mark.parametrize(
    ("offset", "patch", "message"),
    [
        (LOOKUP, b"\x99", "damaged: unknown opcode 0x99"),
        (LOOKUP + 1, b"\x01", EXTRA),
        (LOOKUP + 2, b"\x00\x80", UNFIT),
        (LOOKUP + 8, b"\xff", UNFIT),
        (LOOKUP + 12, b"\x00\x10", "damaged: no descriptor of vector.lookup at 0x1000"),
        (LOOKUP + 12, b"\xff" * 4, "damaged: no descriptor of vector.lookup at 0xff"),
        (END + 12, b"\x00" * 4, EXTRA),
        (END, CONTENTS[".text"][:16], "a launch inside of the loop 'row'"),
        (SYNC, CONTENTS[".text"][END:SYNC], "a loop ends here, but none is open"),
        (SYNC + 16, CONTENTS[".text"][:16], "do not share out the instructions"),
        (SYNC + 16, b"\x00", UNFIT),
    ],
)
def test_forged_instructions(offset: int, patch: bytes, message: str) -> None:
    contents = patched(".text", offset, patch)
    assert message in error_of(forged(".text", contents)).message


@pytest.mark.parametrize(
    ("name", "offset", "patch", "message"),
    [
        (".descriptors", IFM, b"\x0e\0\0\0\x17", UNFIT),  # buffer 7, then 25 zeros
        (".descriptors", IFM, b"\x04\0\0\0\x17", "in sram, 'input' is in dram"),
        (".descriptors", IFM, b"\0\3\2\0\x14", "'ifm' follows 3 loops; loops around"),
        (".descriptors", len(CONTENTS[".descriptors"]) - 1, b"\x09", UNFIT),
        (".descriptors", len(CONTENTS[".descriptors"]), b"\x09", EXTRA),
        (".aipu.tokens", 0, b"\xff", UNFIT),
        (".aipu.tokens", 0, b"\x01", "the token 'full' is there twice"),
        (".aipu.buffers", 4, b"\x03", UNFIT),  # the space
        (".aipu.buffers", 12, b"\x00", "'bytes' must be 1 to 4294967295, found 0"),
        (".aipu.buffers", 28, b"\x10", "the weights do not have the size of their"),
        (".aipu.buffers", 28, b"\xff" * 4, "the buffer ends at 0x10000000f"),
        (".aipu.buffers", 28, b"\x00\x00\x00\xf0", "bytes before these weights are"),
        (".aipu.entries", 0, b"\xff", UNFIT),
        (".aipu.entries", 4, b"\x03", "do not share out the instructions"),
        (".aipu.entries", 8, b"\xff\xff", UNFIT),
        (".aipu.strings", 0, b"\xff", UNFIT),
        (".aipu.strings", len(CONTENTS[".aipu.strings"]), b"more\0", EXTRA),
        (".aipu.tensors", 0, b"\xff", UNFIT),
        (".aipu.tensors", 4, b"\x30", "damaged: unknown kind of elements 0x30"),
        (".aipu.tensors", 6, b"\xff", UNFIT),
        (".aipu.tensors", 16, b"\xf0\x7f", "the scale must be positive, found inf"),
        (".aipu.network", 0, b"\xff", UNFIT),
        (".aipu.network", 4, b"\xff", UNFIT),
        (".symtab", 24, b"\x02", EXTRA),
        (".strtab", 1, b"\x02", EXTRA),
        (".weights", 16, b"\x02", "the weights do not have the size of their"),
    ],
)
def test_forged_tables(name: str, offset: int, patch: bytes, message: str) -> None:
    contents = patched(name, offset, patch)
    assert message in error_of(forged(name, contents)).message


@given(
    st.sampled_from(sorted(CONTENTS.keys() - {".sram", ".dram"})),
    st.integers(0, 1 << 12),
    st.binary(min_size=1, max_size=5),
)
@settings(max_examples=300)
def test_what_is_read_is_what_would_be_written(
    name: str, offset: int, patch: bytes
) -> None:
    offset %= len(CONTENTS[name])
    data = forged(name, patched(name, offset, patch))
    try:
        program, weights = read_binary(data)
    except AipuError:
        return
    assert write_binary(program, weights) == data
