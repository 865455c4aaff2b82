"""`aipu board`: a board, what is installed for it, and whether a program fits it."""

import sys
from pathlib import Path

import click

from .arguments import AS_JSON, FILE


@click.command(
    epilog="""\b
Examples:
  aipu board
  aipu board --elf my_program
  aipu board my_board.toml --elf libfoo.so
""",
)
@click.argument(
    "board", metavar="[NAME|FILE.toml]", default="maixsense", required=False
)
@click.option(
    "--elf",
    "program",
    metavar="FILE",
    type=FILE,
    help="Say whether this program or library fits the board.",
)
@AS_JSON
def board(board: str, program: Path | None, as_json: bool) -> None:
    """Show a board, and what is installed here to work for it.

    Which extras of `aipu` are there and which are missing, with the line that installs
    them; which targets and boards are known. Exit code 1 if a program does not fit.
    """
    from ..backend_aipu.board import board_names, load_board
    from ..backend_aipu.machine import machine_names
    from ..runtime.inspecting.installed import installed
    from ..runtime.inspecting.program_file import program_file
    from ..runtime.report.terminal.board import board_tables, program_tables
    from ..runtime.report.terminal.console import show, show_json

    asked = load_board(board)
    if program is not None:
        found = program_file(program, asked)
        if as_json:
            show_json(found)
        else:
            show(*program_tables(found))
        sys.exit(0 if found.good else 1)
    here, targets, boards = installed(), machine_names(), board_names()
    if as_json:
        show_json(
            {"board": asked, "installed": here, "targets": targets, "boards": boards}
        )
    else:
        show(*board_tables(asked, here, targets, boards))
