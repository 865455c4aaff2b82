"""The error that says what a program would do wrong, and in which instruction."""

from ...errors import AipuError
from .stream import Issue


class HazardError(AipuError):
    """A program that the machine would not run right."""


def describe(issue: Issue, instance: int = 0) -> str:
    """An instruction as errors name it: place, mnemonic, loop counters, source."""
    counters = issue.counters[:, instance].tolist()
    at = f" at {counters}" if counters else ""
    source = issue.instruction.source
    of = f" of '{source}'" if source else ""
    return f"instruction {issue.position} ({issue.spec.mnemonic}{at}){of}"
