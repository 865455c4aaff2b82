"""The one error that a user sees: what is wrong, where, and what to do about it."""

from collections.abc import Iterable
from difflib import get_close_matches


class AipuError(Exception):
    """Bad input, said in one message.

    Args:
        message: what was expected and what was found.
        place: the file (with line), the model's node or the option it is about.
        remedy: what the user can do.
    """

    def __init__(self, message: str, *, place: str = "", remedy: str = ""):
        self.message = message
        self.place = place
        self.remedy = remedy
        super().__init__(message)

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head}\n  {self.remedy}" if self.remedy else head


class UnsupportedError(AipuError):
    """A model uses what the compiler does not handle; the message lists all of it."""


MOST_NAMES = 10
"""So many names are listed; more would hide the message."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The remedy for a misspelt `name`: the nearest of the `known` ones, or those."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"did you mean '{close[0]}'?"
    left = len(known) - MOST_NAMES
    rest = f", and {left} more" if left > 0 else ""
    return f"known: {', '.join(known[:MOST_NAMES])}{rest}"
