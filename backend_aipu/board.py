"""The numbers of a board around a machine: how its memory is split, what Linux runs.

A board is a file, `boards/<name>.toml`, read as strictly as a target is.
"""

from pathlib import Path
from reprlib import repr as shortened
from typing import Annotated

from msgspec import Meta, Struct

from ..errors import AipuError, nearest
from .strict_toml import convert, read

BOARDS = Path(__file__).parent / "boards"
BOARD_FILES = {path.stem: path for path in BOARDS.glob("*.toml")}
"""The file of each board by its name."""

Bytes = Annotated[int, Meta(ge=1, le=2**40)]
Words = Annotated[str, Meta(min_length=1)]
Version = Annotated[str, Meta(pattern=r"^\d+(\.\d+)*$")]


class Memory(Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes of the DRAM that Linux and the machine share.

    total: all of it.
    machine: set aside for the machine (CMA).
    free: left to programs when nothing runs yet.
    """

    total: Bytes
    machine: Bytes
    free: Bytes


class Linux(Struct, frozen=True, forbid_unknown_fields=True):
    """What programs of the board are built for.

    architecture: as `uname -m` says it.
    glibc: the version of the C library.
    libstdcxx: the newest version of symbols, GLIBCXX, of the C++ library.
    """

    architecture: Words
    glibc: Version
    libstdcxx: Version


class Board(Struct, frozen=True, forbid_unknown_fields=True):
    """A board."""

    name: Words
    description: Words
    memory: Memory
    linux: Linux


def board_names() -> list[str]:
    """The boards that come with the compiler."""
    return sorted(BOARD_FILES)


def load_board(name_or_path: str) -> Board:
    """The board of a name, or of a board file (`*.toml`).

    Raises:
        AipuError: no such board, or a file that is not one: not TOML, a key unknown or
            missing, a number that cannot be.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if name_or_path not in BOARD_FILES:
            raise AipuError(
                f"no board {shortened(name_or_path)}",
                remedy=nearest(name_or_path, board_names()),
            )
        path = BOARD_FILES[name_or_path]
    table = read(path, "board")
    board = convert(table, Board, str(path), remedy="a board file states every number")
    memory = board.memory
    if memory.machine + memory.free > memory.total:
        raise AipuError(
            f"memory.machine + memory.free = {memory.machine + memory.free:,}: "
            f"expected at most memory.total, {memory.total:,}",
            place=str(path),
        )
    return board
