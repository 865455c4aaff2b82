"""A board, what is installed here, and whether a program fits it, as tables."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ....backend_aipu.board import Board
from ....errors import some_of
from ...inspecting.installed import Installed
from ...inspecting.program_file import ProgramFile
from ..quantities import quantity
from .tables import BOLD, spaced, table

MOST_SYMBOLS = 4


def board_tables(
    board: Board, found: Installed, targets: Sequence[str], boards: Sequence[str]
) -> Iterator[RenderableType]:
    """The board, then what is here to work for it."""
    memory, linux = board.memory, board.linux
    yield Text(f"{board.name}: {board.description}", style=BOLD)
    facts = table("", "")
    facts.show_header = False
    facts.add_row(
        "memory",
        f"{quantity(memory.total, 'B')}: {quantity(memory.machine, 'B')} for the "
        f"machine (CMA), {quantity(memory.free, 'B')} free for programs",
    )
    facts.add_row("programs", f"{linux.architecture}, glibc {linux.glibc}")
    yield spaced(facts)
    here = table("", "")
    here.show_header = False
    here.add_row("aipu", f"{found.aipu}, Python {found.python}; simulates the machine")
    here.add_row("targets", ", ".join(targets))
    here.add_row("boards", ", ".join(boards))
    yield spaced(here)
    packages = table("extra", "package", "needed", "found")
    for each in found.packages:
        missing = "missing" if each.found is None else f"{each.found}: too old"
        shown = each.found if each.good else missing
        style = "" if each.good else "yellow"
        packages.add_row(
            each.extra, each.package, each.needed, Text(shown or "", style)
        )
    yield spaced(packages)
    if found.remedy:
        yield spaced(Group(Text("what is missing comes with"), Text(found.remedy)))


def program_tables(program: ProgramFile) -> Iterator[RenderableType]:
    """What a program needs beside what a board has, and what to do."""
    kind = f"loaded by {program.interpreter}" if program.interpreter else "a library"
    libraries = ", ".join(program.libraries) or "nothing: it is linked statically"
    if not program.interpreter and not program.libraries:
        kind = "loaded by nobody"
    yield Text(f"{program.file} on {program.board}", style=BOLD)
    yield Text(f"{kind}; linked with {libraries}")
    rows = table("", "needs", "has", "", "because of")
    for each in program.demands:
        verdict = Text("fits") if each.good else Text("does not fit", "yellow")
        names = some_of(each.symbols, MOST_SYMBOLS)
        rows.add_row(each.what, each.needed, each.has, verdict, names)
    yield spaced(rows)
    if not program.good:
        yield spaced(Text(_remedy(program)))


def _remedy(program: ProgramFile) -> str:
    architecture, *libraries = program.demands
    if not architecture.good:
        return f"build it with a compiler for {architecture.has}"
    has = ", ".join(f"{each.what} {each.has}" for each in libraries if not each.good)
    return f"build it with a toolchain of {has} or older, or link it statically"
