"""The note that a binary begins with: what the file is for, and whether it is whole.

It follows the ELF header. All numbers are little-endian.

    byte 64   note header: sizes of name and contents, type    (3 uint32)
    byte 76   "AIPU", ended by zeros
    byte 84   version of the format                            (uint32)
    byte 88   number of checksums                              (uint32)
    byte 92   size of the file                                 (uint64)
    byte 100  SHA-256 of the file, with these 32 bytes zero
    byte 132  CRC-32 of each section after this one            (uint32 each)
    then      name of the target, ended by one to four zero bytes

The SHA-256 finds any damage; the CRC-32s say in which section it is.
"""

import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from .elf import FormatError

VERSION = 6
READABLE = (4, 5, VERSION)
"""Versions of the format that are read; in 4 nothing says what the network is, in both
4 and 5 each descriptor stands for itself.
"""
RELATIVE = 6
"""The first version of which descriptors are differences."""
START = 64
FIXED = struct.Struct("<III8sIIQ32s")
NAME = b"AIPU\0"
TYPE = 1
HEADER_SIZE = 20
SIZE_OFFSET = 92
DIGEST_OFFSET = 100
DIGEST_SIZE = 32
MAX_TARGET = 256


class VersionError(FormatError):
    """A file of a version of the format that is not read."""


class Note(NamedTuple):
    """What a note says of its file."""

    version: int
    digest: bytes
    checksums: Sequence[int]
    target: str


def write_note(target: str, sections: Sequence[bytes], version: int = VERSION) -> bytes:
    """A note without size and digest, which `seal` fills in.

    `sections` are the bytes of the sections that follow it.
    """
    checksums = struct.pack(f"<{len(sections)}I", *map(crc32, sections))
    variable = checksums + target.encode() + b"\0"
    variable += bytes(-len(variable) % 4)
    contents = FIXED.size - HEADER_SIZE + len(variable)
    fixed = FIXED.pack(
        len(NAME), contents, TYPE, NAME, version, len(sections), 0, bytes(DIGEST_SIZE)
    )
    return fixed + variable


def seal(data: bytes) -> bytes:
    """A file with its size and its digest in its note."""
    sealed = bytearray(data)
    struct.pack_into("<Q", sealed, SIZE_OFFSET, len(data))
    digest = file_digest(sealed)
    sealed[DIGEST_OFFSET : DIGEST_OFFSET + len(digest)] = digest
    return bytes(sealed)


def file_digest(data: bytes | bytearray) -> bytes:
    """The SHA-256 of a file, whatever its own note says that it is."""
    view = memoryview(data)
    digest = sha256(view[:DIGEST_OFFSET])
    digest.update(bytes(DIGEST_SIZE))
    digest.update(view[DIGEST_OFFSET + DIGEST_SIZE :])
    return digest.digest()


def read_note(data: bytes) -> Note:
    """The note of a file.

    Raises:
        FormatError: there is no note, or one of another version or another size.
    """
    start = START + FIXED.size
    if len(data) < start:
        raise FormatError(f"cut short: {len(data)} bytes end within the note")
    *_, name, version, count, size, digest = FIXED.unpack_from(data, START)
    if name.rstrip(b"\0") != NAME.rstrip(b"\0"):
        raise FormatError("damaged: it does not begin with the note of a binary")
    if version not in READABLE:
        raise VersionError(f"format version {version}, expected version {VERSION}")
    if len(data) < size:
        raise FormatError(f"cut short: {len(data)} bytes of {size}")
    target = start + 4 * count
    if len(data) > size or target > size:
        raise FormatError("damaged: the note does not fit the file")
    checksums = struct.unpack(f"<{count}I", data[start:target])
    name, _, _ = data[target : target + MAX_TARGET].partition(b"\0")
    return Note(version, digest, checksums, name.decode("utf-8", "replace"))
