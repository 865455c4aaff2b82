"""Our ELF files are ELF files to others: pyelftools and readelf."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from aipu.backend_aipu.binary.elf import (
    Flags,
    FormatError,
    Kind,
    Section,
    Symbol,
    SymbolKind,
    read_header,
    read_sections,
    symbol_table,
    write_elf,
)

SYMBOLS = [
    Symbol("main", SymbolKind.FUNC, 1, 16, 32),
    Symbol("Straße", SymbolKind.OBJECT, 2, 4, 1 << 33),
]
TABLE, NAMES = symbol_table(SYMBOLS)
SECTIONS = [
    Section(
        ".text", Kind.PROGBITS, Flags.ALLOC | Flags.EXECUTE, 16, data=bytes(range(99))
    ),
    Section(".bss", Kind.NOBITS, Flags.ALLOC | Flags.WRITE, 64, nobits=1 << 34),
    Section(
        ".symtab", Kind.SYMTAB, alignment=8, entry_size=24, link=4, info=1, data=TABLE
    ),
    Section(".strtab", Kind.STRTAB, data=NAMES),
]
DATA = write_elf(SECTIONS)
READ_NAMES = [section.name for section in SECTIONS]


def test_pyelftools_finds_the_sections() -> None:
    null, *sections, names = ELFFile(BytesIO(DATA)).iter_sections()
    assert (null.name, names.name) == ("", ".shstrtab")
    for section, ours in zip(sections, SECTIONS, strict=True):
        assert section.name == ours.name
        assert section["sh_type"] == f"SHT_{ours.kind.name}"
        assert section["sh_flags"] == ours.flags
        assert section["sh_size"] == (ours.nobits or len(ours.data))
        assert section["sh_offset"] % ours.alignment == 0
        if ours.kind is not Kind.NOBITS:
            assert section.data() == ours.data


def test_pyelftools_finds_the_symbols() -> None:
    table = ELFFile(BytesIO(DATA)).get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    found = [
        (s.name, s["st_info"]["type"], s["st_shndx"], s["st_value"], s["st_size"])
        for s in table.iter_symbols()
    ]
    assert found[1:] == [
        ("main", "STT_FUNC", 1, 16, 32),
        ("Straße", "STT_OBJECT", 2, 4, 1 << 33),
    ]


def test_readelf_has_nothing_to_complain_about(tmp_path: Path) -> None:
    readelf = shutil.which("readelf")
    if readelf is None:
        pytest.skip("needs readelf")
    file = tmp_path / "file.elf"
    file.write_bytes(DATA)
    done = subprocess.run(
        [readelf, "--all", "--wide", str(file)],
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    )
    assert not done.stderr
    assert "Warning" not in done.stdout


def test_the_header_says_whose_file_it_is() -> None:
    header = ELFFile(BytesIO(DATA)).header
    assert header["e_machine"] == 0xA1B0
    assert header["e_ident"]["EI_OSABI"] == 0xA1
    assert header["e_flags"].to_bytes(4, "little") == b"OPEN"
    assert (header["e_type"], header["e_phnum"]) == ("ET_REL", 0)


def test_what_is_written_is_read() -> None:
    read = read_sections(DATA, read_header(DATA), READ_NAMES)
    assert {name: bytes(data) for name, data in read.items()} == {
        section.name: section.data for section in SECTIONS
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an ELF file"),
        (b"AIPU BIN", "not an ELF file"),
        (DATA[:3], "cut short"),
        (DATA[:63], "cut short"),
        (DATA[:18] + b"\x3e\x00" + DATA[20:], "not one for the AIPU"),
        (DATA[:4] + b"\x01" + DATA[5:], "not one for the AIPU"),
    ],
)
def test_other_files_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_header(data)


@pytest.mark.parametrize("names", [READ_NAMES[:-1], [*READ_NAMES, ".more"]])
def test_other_sections_are_refused(names: list[str]) -> None:
    with pytest.raises(FormatError, match="6 sections, not"):
        read_sections(DATA, read_header(DATA), names)
    with pytest.raises(FormatError, match="the sections are"):
        read_sections(DATA, read_header(DATA), [*READ_NAMES[:-1], ".other"])


def test_sections_outside_of_the_file_are_refused() -> None:
    header = read_header(DATA)
    with pytest.raises(FormatError, match="lies outside"):
        read_sections(DATA, header._replace(e_shoff=1 << 63), READ_NAMES)
    with pytest.raises(FormatError, match="lies outside"):
        read_sections(DATA[:-1], header, READ_NAMES)
