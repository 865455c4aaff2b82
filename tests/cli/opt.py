"""Typing `aipu-opt` in a test, and a network and a pass of a user's own to type."""

from pathlib import Path

from click.testing import CliRunner, Result

from aipu.cli.aipu_opt import main

HERE = Path(__file__).parent
NETWORK = (HERE / "network.mlir").read_text()
USERS_PASS = (HERE / "widen_clamp.py").read_text()


def run(*arguments: object, text: str = "") -> Result:
    """Run the command; whatever goes wrong must end in its own exit."""
    result = CliRunner().invoke(main, [str(a) for a in arguments], input=text)
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def error(*arguments: object, text: str = "", code: int = 1) -> str:
    """The one message of a run that fails, and prints nothing else."""
    result = run(*arguments, text=text)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr
