"""ELF64 files: sections and symbols, no segments.

Only what a binary needs: little-endian and relocatable, so that addresses are offsets
in their sections. Format and names of fields are those of the System V ABI, chapter 4.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import NamedTuple

MAGIC = b"\x7fELF"
OS_ABI = 0xA1
MACHINE = 0xA1B0
FLAGS = int.from_bytes(b"OPEN", "little")
"""What marks a file as ours: nobody registered this machine, so no loader takes it."""

CLASS_64, LITTLE_ENDIAN, VERSION, RELOCATABLE = 2, 1, 1, 1
IDENTITY = MAGIC + bytes([CLASS_64, LITTLE_ENDIAN, VERSION, OS_ABI]) + bytes(8)
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
GLOBAL = 1 << 4
SECTION_NAMES = ".shstrtab"
MAX_NAME = 32
NOT_OURS = "give a binary that `aipu build` or `aipu asm` wrote"


class FormatError(Exception):
    """Bytes that are not what they should be, and what to do about it."""

    def __init__(self, message: str, remedy: str = "build it again"):
        super().__init__(message)
        self.remedy = remedy


class ForeignError(FormatError):
    """A file of somebody else."""

    def __init__(self, message: str):
        super().__init__(message, NOT_OURS)


class Kind(IntEnum):
    """What a section holds."""

    NULL = 0
    PROGBITS = 1
    SYMTAB = 2
    STRTAB = 3
    NOTE = 7
    NOBITS = 8


class Flags(IntFlag):
    """What a loader does with a section."""

    NONE = 0
    WRITE = 1
    ALLOC = 2
    EXECUTE = 4
    MERGE = 16
    STRINGS = 32


class SymbolKind(IntEnum):
    """What a symbol names."""

    OBJECT = 1
    FUNC = 2


@dataclass(frozen=True)
class Section:
    """Bytes under a name; a section without bits has only a number of them."""

    name: str
    kind: Kind
    flags: Flags = Flags.NONE
    alignment: int = 1
    entry_size: int = 0
    link: int = 0
    info: int = 0
    data: bytes = b""
    nobits: int = 0


class Symbol(NamedTuple):
    """A name for `size` bytes from `value` on, in the section of a number."""

    name: str
    kind: SymbolKind
    section: int
    value: int
    size: int


class Header(NamedTuple):
    """What a file begins with."""

    e_ident: bytes
    e_type: int
    e_machine: int
    e_version: int
    e_entry: int
    e_phoff: int
    e_shoff: int
    e_flags: int
    e_ehsize: int
    e_phentsize: int
    e_phnum: int
    e_shentsize: int
    e_shnum: int
    e_shstrndx: int


class SectionHeader(NamedTuple):
    """Where and what a section is."""

    sh_name: int
    sh_type: int
    sh_flags: int
    sh_addr: int
    sh_offset: int
    sh_size: int
    sh_link: int
    sh_info: int
    sh_addralign: int
    sh_entsize: int


def write_elf(sections: Sequence[Section]) -> bytes:
    """The file of sections; the first one begins right after the header.

    They are numbered from 1 on, as section 0 is empty; one more holds their names.
    """
    names, offsets = string_table([*(s.name for s in sections), SECTION_NAMES])
    parts: list[bytes] = []
    headers = [bytes(SECTION_HEADER.size)]
    end = HEADER.size
    last = Section(SECTION_NAMES, Kind.STRTAB, data=names)
    for section, name in zip([*sections, last], offsets, strict=True):
        start = _aligned(end, section.alignment)
        parts += [bytes(start - end), section.data]
        end = start + len(section.data)
        headers.append(SECTION_HEADER.pack(*_section_header(section, name, start)))
    table = _aligned(end, 8)
    header = HEADER.pack(*_header(table, len(headers)))
    return b"".join([header, *parts, bytes(table - end), *headers])


def string_table(names: Iterable[str]) -> tuple[bytes, list[int]]:
    """Names one after another, each ended by a zero byte, and where each begins."""
    table = bytearray(1)
    offsets: list[int] = []
    for name in names:
        offsets.append(len(table))
        table += name.encode() + b"\0"
    return bytes(table), offsets


def symbol_table(symbols: Sequence[Symbol]) -> tuple[bytes, bytes]:
    """Global symbols, and their names."""
    names, offsets = string_table(symbol.name for symbol in symbols)
    entries = [bytes(SYMBOL.size)]
    for (_, kind, section, value, size), name in zip(symbols, offsets, strict=True):
        entries.append(SYMBOL.pack(name, GLOBAL | kind, 0, section, value, size))
    return b"".join(entries), names


def read_header(data: bytes) -> Header:
    """The header of one of our files.

    Raises:
        FormatError: the bytes are no ELF file, or one of somebody else's.
    """
    if not data or data[:4] != MAGIC[: len(data)]:
        raise ForeignError("not an ELF file")
    if len(data) < HEADER.size:
        raise FormatError(f"cut short: {len(data)} bytes are not even an ELF header")
    header = Header(*HEADER.unpack_from(data))
    marks = (header.e_ident, header.e_type, header.e_machine, header.e_flags)
    if marks != (IDENTITY, RELOCATABLE, MACHINE, FLAGS):
        raise ForeignError("an ELF file, but not one for the AIPU")
    return header


def read_sections(
    data: bytes, header: Header, names: Sequence[str]
) -> dict[str, memoryview]:
    """The bytes of the sections of a file, which are called `names`.

    Raises:
        FormatError: there are others, or they lie outside of the file.
    """
    count = len(names) + 2
    if (header.e_shnum, header.e_shstrndx) != (count, count - 1):
        raise FormatError(f"damaged: {header.e_shnum} sections, not {count}")
    table = _part(data, header.e_shoff, count * SECTION_HEADER.size)
    headers = [SectionHeader(*fields) for fields in SECTION_HEADER.iter_unpack(table)]
    contents = [_contents(data, header) for header in headers]
    found = [_string(contents[-1], header.sh_name) for header in headers]
    if found != ["", *names, SECTION_NAMES]:
        raise FormatError(f"damaged: the sections are {', '.join(found)}")
    return dict(zip(names, contents[1:], strict=False))


def _header(table: int, count: int) -> Header:
    """The header of a file with `count` section headers at the offset `table`."""
    return Header(
        e_ident=IDENTITY,
        e_type=RELOCATABLE,
        e_machine=MACHINE,
        e_version=VERSION,
        e_entry=0,
        e_phoff=0,
        e_shoff=table,
        e_flags=FLAGS,
        e_ehsize=HEADER.size,
        e_phentsize=0,
        e_phnum=0,
        e_shentsize=SECTION_HEADER.size,
        e_shnum=count,
        e_shstrndx=count - 1,
    )


def _section_header(section: Section, name: int, start: int) -> SectionHeader:
    return SectionHeader(
        sh_name=name,
        sh_type=section.kind,
        sh_flags=section.flags,
        sh_addr=0,
        sh_offset=start,
        sh_size=section.nobits or len(section.data),
        sh_link=section.link,
        sh_info=section.info,
        sh_addralign=section.alignment,
        sh_entsize=section.entry_size,
    )


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _contents(data: bytes, header: SectionHeader) -> memoryview:
    if header.sh_type in (Kind.NULL, Kind.NOBITS):
        return memoryview(b"")
    return _part(data, header.sh_offset, header.sh_size)


def _part(data: bytes, start: int, size: int) -> memoryview:
    if start + size > len(data):
        raise FormatError("damaged: a section lies outside of the file")
    return memoryview(data)[start : start + size]


def _string(table: memoryview, start: int) -> str:
    name, _, _ = bytes(table[start : start + MAX_NAME]).partition(b"\0")
    return name.decode("utf-8", "replace")
