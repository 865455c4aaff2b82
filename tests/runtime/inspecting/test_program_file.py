"""Programs beside a board, told apart from ELF files that this test writes itself."""

import struct
from pathlib import Path

import pytest
from msgspec.structs import replace

from aipu.backend_aipu.binary.elf import write_elf
from aipu.backend_aipu.board import Board, load_board
from aipu.errors import AipuError
from aipu.runtime.inspecting.program_file import Demand, program_file

AARCH64, X86_64 = 183, 62
STRTAB, DYNAMIC, DYNSYM = 3, 6, 11
VERSYM, VERNEED = 0x6FFFFFFF, 0x6FFFFFFE
NEEDED = 1


@pytest.fixture(scope="module")
def board() -> Board:
    return load_board("maixsense")


def program(machine: int, needs: dict[str, dict[str, list[str]]]) -> bytes:
    """An ELF64 file: the libraries that it needs, of each the versions and symbols."""
    text = bytearray(b"\0")

    def name(word: str) -> int:
        text.extend(word.encode() + b"\0")
        return len(text) - len(word) - 1

    symbols, indices = bytearray(24), bytearray(2)
    dynamic, wanted, index = bytearray(), bytearray(), 2
    for number, (library, versions) in enumerate(needs.items()):
        file = name(library)
        dynamic += struct.pack("<QQ", NEEDED, file)
        parts = bytearray()
        for step, (version, names) in enumerate(versions.items()):
            following = 0 if step == len(versions) - 1 else 16
            parts += struct.pack("<IHHII", 0, 0, index, name(version), following)
            for symbol in names:
                symbols += struct.pack("<IBBHQQ", name(symbol), 0x12, 0, 0, 0, 0)
                indices += struct.pack("<H", index)
            index += 1
        after = 0 if number == len(needs) - 1 else 16 + len(parts)
        wanted += struct.pack("<HHIII", 1, len(versions), file, 16, after) + parts
    dynamic += bytes(16)
    sections = [
        (".dynstr", STRTAB, bytes(text), 0, 0, 0),
        (".dynsym", DYNSYM, bytes(symbols), 24, 1, 1),
        (".gnu.version", VERSYM, bytes(indices), 2, 2, 0),
        (".gnu.version_r", VERNEED, bytes(wanted), 0, 1, len(needs)),
        (".dynamic", DYNAMIC, bytes(dynamic), 16, 1, 0),
    ]
    titles = bytearray(b"\0")
    body, heads = bytearray(64), bytearray(64)
    for title, kind, data, entry, link, info in sections:
        heads += struct.pack(
            *("<IIQQQQIIQQ", len(titles), kind, 2, 0, len(body), len(data)),
            *(link, info, 8, entry),
        )
        titles += title.encode() + b"\0"
        body += data + bytes(-len(data) % 8)
    heads += struct.pack(
        *("<IIQQQQIIQQ", len(titles), STRTAB, 0, 0, len(body)),
        *(len(titles) + 10, 0, 0, 1, 0),
    )
    body += titles + b".shstrtab\0"
    head = struct.pack(
        *("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 3, machine, 1, 0, 0),
        *(len(body), 0, 64, 56, 0, 64, len(sections) + 2, len(sections) + 1),
    )
    return head + bytes(body[64:]) + bytes(heads)


def test_a_program_that_fits(tmp_path: Path, board: Board) -> None:
    path = tmp_path / "old"
    path.write_bytes(
        program(AARCH64, {"libc.so.6": {"GLIBC_2.17": ["printf", "malloc"]}})
    )
    found = program_file(path, board)
    assert found.good
    assert found.libraries == ["libc.so.6"]
    assert found.demands == [
        Demand("architecture", "aarch64", "aarch64", True, []),
        Demand("glibc", "2.17", "2.23", True, []),
    ]


def test_a_program_that_is_too_new(tmp_path: Path, board: Board) -> None:
    path = tmp_path / "new"
    needs = {
        "libc.so.6": {"GLIBC_2.17": ["printf"], "GLIBC_2.34": ["pthread_join"]},
        "libstdc++.so.6": {"GLIBCXX_3.4.9": ["_Znwm"]},
    }
    path.write_bytes(program(AARCH64, needs))
    found = program_file(path, board)
    assert not found.good
    assert found.demands[1:] == [
        Demand("glibc", "2.34", "2.23", False, ["pthread_join"]),
        Demand("libstdc++", "3.4.9", "3.4.22", True, []),
    ]
    newer = replace(board, linux=replace(board.linux, glibc="2.36"))
    assert program_file(path, newer).good


def test_a_program_of_another_processor(tmp_path: Path, board: Board) -> None:
    path = tmp_path / "desktop"
    path.write_bytes(program(X86_64, {"libc.so.6": {"GLIBC_2.2.5": ["printf"]}}))
    architecture = program_file(path, board).demands[0]
    assert (architecture.needed, architecture.good) == ("x86_64", False)


def test_what_is_no_program(tmp_path: Path, board: Board) -> None:
    path = tmp_path / "file"
    for data, message in (
        (b"", "no ELF file"),
        (b"#!/bin/sh\n", "no ELF file"),
        (write_elf([]), "a binary of aipu, for its simulator: no board runs it"),
    ):
        path.write_bytes(data)
        with pytest.raises(AipuError, match=message):
            program_file(path, board)
    with pytest.raises(AipuError, match="No such file"):
        program_file(tmp_path / "none", board)


def test_a_damaged_file_is_one_message(tmp_path: Path, board: Board) -> None:
    path = tmp_path / "damaged"
    whole = program(AARCH64, {"libc.so.6": {"GLIBC_2.17": ["printf"]}})
    for length in range(4, len(whole), 61):
        path.write_bytes(whole[:length])
        with pytest.raises(AipuError, match="a damaged ELF file: "):
            program_file(path, board)
