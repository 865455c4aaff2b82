"""The .mlir files under `filecheck/`: each says in its RUN lines how it is run.

A line `// RUN: aipu-opt %s -p x | filecheck %s` runs in this process; so does one of
`aipu-opt`s alone, which must succeed.
"""

import shlex
from itertools import groupby
from pathlib import Path

import pytest
from click.testing import CliRunner
from filecheck.finput import FInput
from filecheck.matcher import Matcher
from filecheck.options import parse_argv_options
from filecheck.parser import Parser, pattern_for_opts

from aipu.cli.aipu_opt import main
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline

FOLDER = Path(__file__).parent / "filecheck"
FILES = sorted(FOLDER.rglob("*.mlir"))


def run_lines(file: Path) -> list[str]:
    lines = file.read_text().splitlines()
    return [line.split("RUN:", 1)[1] for line in lines if line.startswith("// RUN:")]


def commands(line: str, file: Path) -> list[list[str]]:
    """The commands of a line, from pipe to pipe, as lists of words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|")
    lexer.whitespace_split = True
    words = [str(file) if word == "%s" else word for word in lexer]
    parts = groupby(words, lambda word: word == "|")
    return [list(part) for is_pipe, part in parts if not is_pipe]


def filecheck(words: list[str], text: str) -> None:
    options = parse_argv_options(words)
    with Path(options.match_filename).open() as checks:
        parser = Parser(options, checks, *pattern_for_opts(options))
        assert Matcher(options, FInput("-", text), parser).run() == 0, text


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_file(file: Path) -> None:
    lines = run_lines(file)
    assert lines, f"{file} has no RUN line"
    for line in lines:
        text = ""
        for command in commands(line, file):
            if command[0] == "filecheck":
                filecheck(command, text)
                continue
            assert command[0] == "aipu-opt"
            result = CliRunner().invoke(main, command[1:], input=text)
            assert result.exit_code == 0, result.stderr
            text = result.stdout


@pytest.mark.parametrize("name", PASSES)
def test_every_pass_has_a_file(name: str) -> None:
    file = FOLDER / "passes" / f"{name.replace('-', '_')}.mlir"
    (line,) = run_lines(file)
    aipu_opt, *_ = commands(line, file)
    passes = build_pipeline(aipu_opt[aipu_opt.index("-p") + 1], PASSES)
    assert passes[-1].name == name
