"""The command `aipu` itself: help, errors, and how fast it starts."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aipu.cli.main import COMMANDS, AipuGroup, main


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_where_the_table_says(name: str) -> None:
    assert isinstance(main, AipuGroup)
    command = main.get_command(click.Context(main), name)
    assert command.get_short_help_str(200) == COMMANDS[name]
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert "Examples:" in result.stdout


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from aipu.cli.main import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "heavy = {'xdsl', 'numpy', 'lark', 'onnx', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["asn"])
    assert result.exit_code == 2
    assert "no command 'asn': did you mean 'asm'?" in result.stderr
    result = CliRunner().invoke(main, ["doctor"])
    assert "no command 'doctor': did you mean 'board'?" in result.stderr


def test_an_error_is_one_message_and_no_traceback(tmp_path: Path) -> None:
    missing = tmp_path / "missing.bin"
    result = CliRunner().invoke(main, ["disasm", str(missing)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"aipu: {missing}: cannot read the file: No such file or directory\n"
    )
