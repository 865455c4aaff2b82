"""The binary: a program and its weights as an ELF file.

`readelf -S -s aipu.bin` shows its sections and symbols; docs/binary.md explains them.
A program with its weights has one file, byte for byte, and no other file is read.
"""

from collections.abc import Mapping
from zlib import crc32

import numpy as np

from ...dialects.aipu import Space
from ...errors import AipuError
from ..program import Program
from ..validate import validate
from .elf import FormatError, read_header, read_sections, write_elf
from .note import RELATIVE, VERSION, Note, file_digest, read_note, seal
from .sections import fill_sections, sections_of
from .tables import decode
from .weights import read_weights


def write_binary(program: Program, weights: Mapping[str, np.ndarray]) -> bytes:
    """The file of a program.

    `weights` holds an int8 or uint8 array for every buffer of the space "weights", of
    any shape, with as many bytes as the buffer and its slots.

    Raises:
        AipuError: the program is not sound, or the weights do not fit it.
    """
    validate(program)
    return _write(program, weights)


def read_binary(
    data: bytes, *, target: str | None = None, name: str = ""
) -> tuple[Program, dict[str, np.ndarray]]:
    """The program and the weights of a file; `name` is what messages call it.

    The program of a file of version 4 has no network: nothing there says what it is.

    The weights are flat, read-only views of uint8 into `data`.

    Raises:
        AipuError: the file is no binary or of another version, it is damaged, or it is
            made for another target than `target`.
    """
    try:
        read_header(data)
        note = read_note(data)
        _check_digest(data, note)
        if target not in (None, note.target):
            raise FormatError(f"made for the target '{note.target}', not '{target}'")
        return _read(data, note, name)
    except FormatError as error:
        raise AipuError(str(error), place=name, remedy=error.remedy) from error


def section_contents(data: bytes) -> dict[str, memoryview]:
    """The bytes of each section of a binary, by its name.

    Raises:
        FormatError: it has others, or is damaged.
    """
    names = [section.name for section in sections_of(read_note(data).version)]
    return read_sections(data, read_header(data), names)


def _write(
    program: Program, weights: Mapping[str, np.ndarray], version: int = VERSION
) -> bytes:
    return seal(write_elf(fill_sections(program, weights, version)))


def _check_digest(data: bytes, note: Note) -> None:
    """Find damage, and say where it is."""
    if file_digest(data) == note.digest:
        return
    _, *others = sections_of(note.version)
    contents = section_contents(data)
    for section, checksum in zip(others, note.checksums, strict=False):
        if crc32(contents[section.name]) != checksum:
            raise FormatError(f"damaged: {section.name} does not match its checksum")
    raise FormatError("damaged: the file does not match its checksum")


def _read(data: bytes, note: Note, name: str) -> tuple[Program, dict[str, np.ndarray]]:
    contents = section_contents(data)
    relative = note.version >= RELATIVE
    program = decode(contents, note.target, relative=relative)
    validate(program, name)
    image = contents[".weights"]
    if len(image) != program.bytes_in(Space.WEIGHTS):
        raise FormatError("damaged: the weights do not have the size of their buffers")
    weights = read_weights(program, image)
    if _write(program, weights, note.version) != data:
        raise FormatError("damaged: a part of the file has no meaning")
    return program, weights
