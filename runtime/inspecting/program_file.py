"""Whether a program or a library runs on a board: its architecture, its C library.

A program that was built with a newer compiler asks for versions of symbols that the
libraries of an older board do not have; it ends there before it begins.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ...backend_aipu.binary.elf import MACHINE
from ...backend_aipu.board import Board
from ...errors import AipuError
from ..files import read_file
from .installed import numbers

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

ARCHITECTURES = {
    "EM_AARCH64": "aarch64",
    "EM_ARM": "armv7l",
    "EM_X86_64": "x86_64",
    "EM_386": "i686",
    "EM_RISCV": "riscv64",
}
"""As `uname -m` says them."""

OURS = MACHINE
"""The number of no processor: of what `aipu` builds."""

GLIBC, LIBSTDCXX = "GLIBC_", "GLIBCXX_"


class Demand(Struct, frozen=True):
    """What a program needs, and a board has.

    what: "architecture", "glibc" or "libstdc++".
    symbols: that need more than the board has.
    """

    what: str
    needed: str
    has: str
    good: bool
    symbols: list[str]


class ProgramFile(Struct, frozen=True):
    """A program or a library.

    interpreter: that loads it; empty for a library, or where it is linked statically.
    libraries: that it is linked with.
    demands: what it needs; those of C libraries only where it uses them.
    """

    file: str
    board: str
    interpreter: str
    libraries: list[str]
    demands: list[Demand]

    @property
    def good(self) -> bool:
        return all(each.good for each in self.demands)


def program_file(path: Path, board: Board) -> ProgramFile:
    """Read a program, and compare it with a board.

    Raises:
        AipuError: pyelftools is missing, the file cannot be read, it is no ELF file or
            a damaged one, or a binary of `aipu`.
    """
    if find_spec("elftools") is None:
        raise AipuError(
            "reading programs needs pyelftools",
            place="--elf",
            remedy="pip install 'aipu-compiler[elf]'",
        )
    data = read_file(path)
    if data[:4] != b"\x7fELF":
        raise AipuError("no ELF file: it begins with other bytes", place=str(path))
    if int.from_bytes(data[18:20], "little") == OURS:
        raise AipuError(
            "a binary of aipu, for its simulator: no board runs it",
            place=str(path),
            remedy="`aipu disasm` shows what is in it",
        )
    from elftools.elf.elffile import ELFFile

    try:
        return _compare(ELFFile(BytesIO(data)), path, board)
    except Exception as error:  # pyelftools has no end of them
        message = f"a damaged ELF file: {error or type(error).__name__}"
        raise AipuError(message, place=str(path)) from None


def _compare(file: "ELFFile", path: Path, board: Board) -> ProgramFile:
    machine = str(file["e_machine"])
    architecture = ARCHITECTURES.get(machine, machine)
    linux = board.linux
    fits = architecture == linux.architecture
    asked = list(_versions(file))
    demands = [Demand("architecture", architecture, linux.architecture, fits, [])]
    for what, prefix, has in (
        ("glibc", GLIBC, linux.glibc),
        ("libstdc++", LIBSTDCXX, linux.libstdcxx),
    ):
        found = [
            (numbers(version.removeprefix(prefix)), symbol or version)
            for version, symbol in asked
            if version.startswith(prefix)
        ]
        if found:
            most = ".".join(map(str, max(version for version, _ in found)))
            newer = sorted({name for version, name in found if version > numbers(has)})
            demands.append(Demand(what, most, has, not newer, newer))
    return ProgramFile(
        path.name, board.name, _interpreter(file), list(_libraries(file)), demands
    )


def _versions(file: "ELFFile") -> Iterator[tuple[str, str]]:
    """Every version that is asked for, with each symbol; empty where it has none."""
    from elftools.elf.gnuversions import GNUVerNeedSection, GNUVerSymSection
    from elftools.elf.sections import SymbolTableSection

    needs = file.get_section_by_name(".gnu.version_r")
    if not isinstance(needs, GNUVerNeedSection):
        return
    by_index = {
        auxiliary["vna_other"]: auxiliary.name
        for _, auxiliaries in needs.iter_versions()
        for auxiliary in auxiliaries
    }
    used = set[int]()
    indices = file.get_section_by_name(".gnu.version")
    symbols = file.get_section_by_name(".dynsym")
    if isinstance(indices, GNUVerSymSection) and isinstance(
        symbols, SymbolTableSection
    ):
        for number in range(min(indices.num_symbols(), symbols.num_symbols())):
            index = indices.get_symbol(number)["ndx"]
            if index in by_index:
                used.add(index)
                yield by_index[index], symbols.get_symbol(number).name
    yield from ((by_index[index], "") for index in by_index.keys() - used)


def _interpreter(file: "ELFFile") -> str:
    from elftools.elf.segments import InterpSegment

    for segment in file.iter_segments():
        if isinstance(segment, InterpSegment):
            return str(segment.get_interp_name())
    return ""


def _libraries(file: "ELFFile") -> Iterator[str]:
    from elftools.elf.dynamic import DynamicSection

    dynamic = file.get_section_by_name(".dynamic")
    if isinstance(dynamic, DynamicSection):
        for tag in dynamic.iter_tags("DT_NEEDED"):
            yield str(getattr(tag, "needed", ""))
