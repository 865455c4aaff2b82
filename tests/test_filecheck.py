"""The .mlir files under `filecheck/` and `examples/`: each says how it is run.

A line `// RUN: aipu-opt %s -p x | filecheck %s` runs in this process; so does one of
`aipu-opt`s alone, which must succeed. `%s` is the file, `%S` its folder.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner

from aipu.cli.aipu_opt import main
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline
from aipu.tests.run_lines import commands_of, filecheck

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "filecheck"
FILES = sorted([*FOLDER.rglob("*.mlir"), *(ROOT / "examples").glob("*.mlir")])


def run_lines(file: Path) -> list[str]:
    """What follows `// RUN:` in a file."""
    lines = file.read_text().splitlines()
    return [
        line.split("RUN:", 1)[1]
        .replace("%s", str(file))
        .replace("%S", str(file.parent))
        for line in lines
        if line.startswith("// RUN:")
    ]


def name(file: Path) -> str:
    return str(file.relative_to(FOLDER if FOLDER in file.parents else ROOT))


@pytest.mark.parametrize("file", FILES, ids=name)
def test_file(file: Path) -> None:
    lines = run_lines(file)
    assert lines, f"{file} has no RUN line"
    for line in lines:
        text = ""
        for command in commands_of(line):
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
    aipu_opt, *_ = commands_of(line)
    passes = build_pipeline(aipu_opt[aipu_opt.index("-p") + 1], PASSES)
    assert passes[-1].name == name
