"""Boards: what ships, and what is refused."""

from pathlib import Path

import pytest

from aipu.backend_aipu.board import BOARD_FILES, board_names, load_board
from aipu.backend_aipu.machine import load_machine
from aipu.errors import AipuError

MINE = """\
name = "mine"
description = "a board"
[memory]
total = 1000
machine = 600
free = 400
[linux]
architecture = "aarch64"
glibc = "2.31"
libstdcxx = "3.4.28"
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(AipuError) as error:
        load_board(str(path))
    return str(error.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("name", board_names())
def test_a_board_is_named_as_its_file(name: str) -> None:
    assert load_board(name).name == name
    numbers = [
        line for line in BOARD_FILES[name].read_text().splitlines() if "=" in line
    ]
    stated = [line for line in numbers if not line.startswith(("name", "description"))]
    assert all("# public (" in line or "# assumed (" in line for line in stated)


def test_the_tutorials_board() -> None:
    memory = load_board("maixsense").memory
    assert (memory.total, memory.free) == (256 << 20, 71_000_000)
    assert memory.machine == load_machine("r329").dram.bytes


def test_a_board_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    assert load_board(str(path)).linux.glibc == "2.31"


def test_a_board_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(AipuError, match="did you mean 'maixsense'"):
        load_board("maixsens")
    with pytest.raises(AipuError, match="cannot read the board file"):
        load_board(str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("free = 400", "free = 401", "memory.machine + memory.free = 1,001: expected"),
        ("free = 400", "free = -1", "memory.free = -1: "),
        ("free = 400\n", "", "missing key memory.free\n  a board file states every"),
        ('glibc = "2.31"', 'glibc = "new"', "linux.glibc = 'new': "),
        ("[linux]", "[windows]", "unknown key windows"),
    ],
)
def test_numbers_that_cannot_be(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert refused(tmp_path, MINE.replace(before, after)).startswith(message)
