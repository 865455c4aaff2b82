"""What a binary holds."""

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from aipu.backend_aipu.assembly import parse_assembly
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.binary.elf import write_elf
from aipu.backend_aipu.binary.note import seal
from aipu.backend_aipu.binary.sections import fill_sections
from aipu.backend_aipu.descriptors import Descriptors
from aipu.backend_aipu.program import Buffer, Program
from aipu.dialects.aipu import Space
from aipu.errors import AipuError
from aipu.tests.backend_aipu.programs import weights_of

EXAMPLE = Path(__file__).parents[2] / "docs" / "example.s"
PROGRAM = parse_assembly(EXAMPLE.read_text(), "example.s")
WEIGHTS = weights_of(PROGRAM)
DATA = write_binary(PROGRAM, WEIGHTS)
ELF = ELFFile(BytesIO(DATA))


def section(name: str) -> bytes:
    found = ELF.get_section_by_name(name)
    assert found is not None
    return found.data()


def test_the_sections() -> None:
    assert [s.name for s in ELF.iter_sections()] == [
        "",
        ".note.aipu",
        ".text",
        ".descriptors",
        ".aipu.tokens",
        ".aipu.buffers",
        ".aipu.entries",
        ".aipu.strings",
        ".symtab",
        ".strtab",
        ".weights",
        ".sram",
        ".dram",
        ".aipu.tensors",
        ".aipu.network",
        ".shstrtab",
    ]


def test_an_instruction_is_a_word_of_sixteen_bytes() -> None:
    (entry,) = PROGRAM.entries
    text = section(".text")
    assert len(text) == 16 * len(entry.instructions)
    sync = [line.mnemonic for line in entry.instructions].index("sync")
    opcode, _, wait, _, signal, _ = text[16 * sync : 16 * sync + 6]
    assert (opcode, wait, signal) == (0x04, 0b00001, 0)  # it waits for token 0


def test_a_descriptor_is_what_it_adds_to_the_last_of_its_mnemonic() -> None:
    words = np.frombuffer(section(".text"), "<u4").reshape(-1, 4)
    mnemonics = [line.mnemonic for line in PROGRAM.entries[0].instructions]
    first, second = (
        bytes(section(".descriptors"))[words[number, 3] :][:2]
        for number, mnemonic in enumerate(mnemonics)
        if mnemonic == "sync"
    )
    assert second == b"\0\0"
    assert first != second


@pytest.mark.parametrize("version", [5, 4])
def test_files_of_old_are_read(version: int) -> None:
    data = seal(write_elf(fill_sections(PROGRAM, WEIGHTS, version)))
    program, _ = read_binary(data)
    assert program == PROGRAM


def test_a_launch_begins_its_descriptors_anew() -> None:
    descriptors = Descriptors()
    written = [
        descriptors.differences(mnemonic, numbers)
        for mnemonic, numbers in (
            ("launch", [7]),
            ("sync", [3]),
            ("loop", [1, 5]),
            ("sync", [5]),
            ("loop", [1, 9]),
            ("resume", []),
            ("sync", [5]),
        )
    ]
    assert written == [[7], [3], [1, 5], [2], [0, 4], [], [5]]


def test_strings_can_be_listed() -> None:
    strings = section(".aipu.strings").split(b"\0")
    assert strings[0] == b"weight.full"
    assert len(strings) == len(set(strings))


def test_weights_lie_at_their_addresses() -> None:
    image = section(".weights")
    for buffer in PROGRAM.buffers:
        if buffer.space is Space.WEIGHTS:
            assert image[buffer.address : buffer.end] == WEIGHTS[buffer.name].tobytes()


def test_memories_have_a_size_but_no_bytes() -> None:
    for name, space in ((".sram", Space.SRAM), (".dram", Space.DRAM)):
        memory = ELF.get_section_by_name(name)
        assert memory is not None
        assert memory["sh_type"] == "SHT_NOBITS"
        assert memory["sh_size"] == PROGRAM.bytes_in(space)


def test_symbols() -> None:
    table = ELF.get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    sections = {Space.WEIGHTS: ".weights", Space.SRAM: ".sram", Space.DRAM: ".dram"}
    expected = [("network", "STT_FUNC", ".text", 0, len(section(".text")))] + [
        (b.name, "STT_OBJECT", sections[b.space], b.address, b.bytes * b.slots)
        for b in PROGRAM.buffers
    ]
    _, *symbols = table.iter_symbols()
    assert expected == [
        (
            symbol.name,
            symbol["st_info"]["type"],
            ELF.get_section(symbol["st_shndx"]).name,
            symbol["st_value"],
            symbol["st_size"],
        )
        for symbol in symbols
    ]


def test_readelf_reads_it_without_a_warning(tmp_path: Path) -> None:
    readelf = shutil.which("readelf")
    if readelf is None:
        pytest.skip("needs readelf")
    file = tmp_path / "aipu.bin"
    file.write_bytes(DATA)
    command = [readelf, "--wide", "-h", "-S", "-s", "-n", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr
    assert "AIPU" in done.stdout


def test_the_same_program_has_the_same_bytes() -> None:
    again = parse_assembly(EXAMPLE.read_text(), "again.s")
    reordered = {name: WEIGHTS[name] for name in reversed(list(WEIGHTS))}
    assert write_binary(again, reordered) == DATA


def test_weights_come_back_as_bytes_that_cannot_be_changed() -> None:
    signed = {name: array.view(np.int8) for name, array in WEIGHTS.items()}
    signed["conv1.weight"] = signed["conv1.weight"].reshape(32, 3, 3, 16)
    data = write_binary(PROGRAM, signed)
    assert data == DATA
    _, weights = read_binary(data)
    assert weights["conv1.weight"].dtype == np.uint8
    assert weights["conv1.weight"].shape == (4608,)
    with pytest.raises(ValueError, match="read-only"):
        weights["conv1.weight"][0] = 1


def test_holes_between_weights_are_zero() -> None:
    buffers = (Buffer("a", Space.WEIGHTS, 3, 1), Buffer("b", Space.WEIGHTS, 8, 1))
    program = Program("r329", (), buffers, ())
    ones = np.ones(1, np.uint8)
    data = write_binary(program, {"a": ones, "b": ones})
    image = ELFFile(BytesIO(data)).get_section_by_name(".weights")
    assert image is not None
    assert image.data() == bytes([0, 0, 0, 1, 0, 0, 0, 0, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conv1.weight": None}, "no weights for the buffer 'conv1.weight'"),
        ({"conv1.wait": np.zeros(1, np.uint8)}, "which is no buffer of weights"),
        ({"conv1.weight": np.zeros(4607, np.uint8)}, "are 4607 numbers of uint8"),
        ({"conv1.weight": np.zeros(4608, np.int32)}, "are 4608 numbers of int32"),
        ({"conv1.weight": np.zeros(4608, np.bool_)}, "are 4608 numbers of bool"),
    ],
)
def test_weights_that_do_not_fit(
    change: dict[str, np.ndarray | None], message: str
) -> None:
    changed = {**WEIGHTS, **change}
    weights = {name: array for name, array in changed.items() if array is not None}
    with pytest.raises(AipuError, match=message):
        write_binary(PROGRAM, weights)


def test_a_program_of_nothing() -> None:
    program = Program("", (), (), ())
    assert read_binary(write_binary(program, {})) == (program, {})


def test_an_unsound_program_is_not_written() -> None:
    with pytest.raises(AipuError, match="is there twice"):
        write_binary(replace(PROGRAM, tokens=("a", "a")), WEIGHTS)
