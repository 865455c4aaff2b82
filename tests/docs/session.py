"""Typing the commands of a page, without a shell.

Our own commands run in this process, which is what makes it quick.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from doctest import ELLIPSIS, DocTestParser, DocTestRunner
from pathlib import Path
from shutil import copytree, ignore_patterns, which

import click
import pytest
from click.testing import CliRunner

from aipu.cli.aipu_opt import main as aipu_opt
from aipu.cli.aipubuild import main as aipubuild
from aipu.cli.aipugb import main as aipugb
from aipu.cli.aipurun import main as aipurun
from aipu.cli.main import main as aipu
from aipu.cli.zhouyi_demo import main as zhouyi_demo
from aipu.tests.docs.page import Block, Command, agrees, blocks, commands
from aipu.tests.run_lines import commands_of, filecheck

COPIED = ("docs", "examples")

Run = Callable[[list[str], str], str]
"""A command: from its words and its input to what comes back."""


def fresh_folder(parent: Path, repository: Path) -> Path:
    """A folder like the repository, where a page may write what it likes."""
    folder = parent / "repository"
    for name in COPIED:
        copytree(repository / name, folder / name, ignore=ignore_patterns("*.png"))
    return folder


def walk(page: Path) -> Iterator[tuple[Command, str]]:
    """Do what a page says in the current folder; commands with what comes back.

    Raises:
        AssertionError: code does not run, or a file is not as the page shows it.
    """
    names: dict[str, object] = {}
    for block in blocks(page.read_text()):
        if block.file:
            _file(block)
        elif block.language == "console":
            for command in commands(block):
                yield command, typed(command.line)
        elif block.language == "python":
            exec(compile(block.text, f"{page.name}:{block.line}", "exec"), names)
        elif block.language == "pycon":
            _interpret(block, page.name, names)


def _file(block: Block) -> None:
    """The content of a file that is there already, or of one to be made."""
    path = Path(block.file)
    if not path.exists():
        path.write_text(block.text)
    assert agrees(block.text, path.read_text()), f"{path} is not as the page shows it"


def _interpret(block: Block, name: str, names: dict[str, object]) -> None:
    """Run `>>>` lines and compare what they print."""
    test = DocTestParser().get_doctest(block.text, names, name, name, block.line)
    complaints: list[str] = []
    runner = DocTestRunner(verbose=False, optionflags=ELLIPSIS)
    failed, _ = runner.run(test, out=complaints.append, clear_globs=False)
    names.update(test.globs)
    assert not failed, "".join(complaints)


def typed(line: str) -> str:
    """What comes back from a command line, standard output and errors together.

    Of commands with `|` between them each one is given what comes from the one before.
    """
    text = ""
    for words in commands_of(line):
        text = OURS.get(words[0], _program)(words, text)
    return text


def _command(main: click.Command) -> Run:
    def run(words: list[str], text: str) -> str:
        result = CliRunner().invoke(main, words[1:], input=text, prog_name=words[0])
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result.output

    return run


def _filecheck(words: list[str], text: str) -> str:
    filecheck(words, text)
    return ""


def _python(words: list[str], text: str) -> str:
    """Run a script as a program of its own: it may change our tables."""
    return _program([sys.executable, *words[1:]], text)


def _change_folder(words: list[str], text: str) -> str:
    os.chdir(words[1])
    return ""


def _program(words: list[str], text: str) -> str:
    """Run a program of the system."""
    if which(words[0]) is None:
        pytest.skip(f"needs {words[0]}, which is not installed")
    done = subprocess.run(words, capture_output=True, text=True, input=text, timeout=20)
    return done.stdout + done.stderr


OURS: Mapping[str, Run] = {
    "aipu": _command(aipu),
    "aipu-opt": _command(aipu_opt),
    "aipubuild": _command(aipubuild),
    "aipugb": _command(aipugb),
    "aipurun": _command(aipurun),
    "zhouyi-demo": _command(zhouyi_demo),
    "python": _python,
    "filecheck": _filecheck,
    "cd": _change_folder,
}
"""The commands that run in this process; anything else is a program of the system."""
