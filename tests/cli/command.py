"""Typing a command in a test."""

from pathlib import Path

from click.testing import CliRunner, Result

from aipu.cli.main import main


def aipu(*arguments: str | Path) -> Result:
    """Run `aipu`; whatever goes wrong must end in its own exit, never a traceback."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def complaint(*arguments: str | Path, code: int = 1) -> str:
    """What a command says that fails, and prints nothing else."""
    result = aipu(*arguments)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr
