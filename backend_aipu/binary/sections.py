"""The sections of a binary: what a program and its weights are in an ELF file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...dialects.aipu import Space
from ..program import Program
from .elf import SYMBOL, Flags, Kind, Section, Symbol, SymbolKind, symbol_table
from .note import RELATIVE, VERSION, write_note
from .tables import BUFFER, TOKEN, WORD, encode
from .weights import write_weights

READ, WRITE = Flags.ALLOC, Flags.ALLOC | Flags.WRITE
SECTIONS = (
    Section(".note.aipu", Kind.NOTE, Flags.NONE, 4),
    Section(".text", Kind.PROGBITS, READ | Flags.EXECUTE, 16, WORD.size),
    Section(".descriptors", Kind.PROGBITS, READ, 16),
    Section(".aipu.tokens", Kind.PROGBITS, READ, 4, TOKEN.size),
    Section(".aipu.buffers", Kind.PROGBITS, READ, 4, BUFFER.size),
    Section(".aipu.entries", Kind.PROGBITS, READ, 4),
    Section(".aipu.strings", Kind.PROGBITS, READ | Flags.STRINGS),
    Section(
        ".symtab", Kind.SYMTAB, alignment=8, entry_size=SYMBOL.size, link=9, info=1
    ),
    Section(".strtab", Kind.STRTAB),
    Section(".weights", Kind.PROGBITS, READ, 64),
    Section(".sram", Kind.NOBITS, WRITE, 64),
    Section(".dram", Kind.NOBITS, WRITE, 64),
    Section(".aipu.tensors", Kind.PROGBITS, READ, 4),
    Section(".aipu.network", Kind.PROGBITS, READ, 4),
)
"""All sections in their order, still empty; the symbols' names are section 9."""

WITHOUT_NETWORK = 4
"""The version of the format before the network had sections."""

NUMBERS = {section.name: number for number, section in enumerate(SECTIONS, 1)}
MEMORY = {Space.WEIGHTS: ".weights", Space.SRAM: ".sram", Space.DRAM: ".dram"}


def sections_of(version: int) -> Sequence[Section]:
    """The sections of a version of the format, still empty."""
    return SECTIONS if version > WITHOUT_NETWORK else SECTIONS[:-2]


def fill_sections(
    program: Program, weights: Mapping[str, np.ndarray], version: int = VERSION
) -> Sequence[Section]:
    """The sections of a sound program.

    Raises:
        AipuError: the weights do not fit the program.
    """
    symbols, names = symbol_table(_symbols(program))
    contents = {
        **encode(program, relative=version >= RELATIVE),
        ".symtab": symbols,
        ".strtab": names,
        ".weights": write_weights(program, weights),
    }
    sizes = {
        ".sram": program.bytes_in(Space.SRAM),
        ".dram": program.bytes_in(Space.DRAM),
    }
    note, *others = sections_of(version)
    filled = [
        replace(
            section,
            data=contents.get(section.name, b""),
            nobits=sizes.get(section.name, 0),
        )
        for section in others
    ]
    checked = [section.data for section in filled]
    return [replace(note, data=write_note(program.target, checked, version)), *filled]


def _symbols(program: Program) -> Sequence[Symbol]:
    """A function for each entry, an object for each buffer."""
    symbols: list[Symbol] = []
    first = 0
    for entry in program.entries:
        size = len(entry.instructions) * WORD.size
        symbols.append(
            Symbol(entry.name, SymbolKind.FUNC, NUMBERS[".text"], first, size)
        )
        first += size
    for buffer in program.buffers:
        section = NUMBERS[MEMORY[buffer.space]]
        size = buffer.end - buffer.address
        symbols.append(
            Symbol(buffer.name, SymbolKind.OBJECT, section, buffer.address, size)
        )
    return symbols
