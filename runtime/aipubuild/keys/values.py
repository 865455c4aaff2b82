"""What the value of a key may be: words, numbers, or texts of some form."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from ....errors import nearest


@dataclass(frozen=True)
class Values:
    """The values of a key.

    shown: all of them, for people; fits: whether a text, in lower case, is one.
    words: those that can be listed, for the nearest one to a misspelt word.
    """

    shown: str
    fits: Callable[[str], bool]
    words: tuple[str, ...] = ()

    def remedy(self, value: str) -> str:
        """What to write instead of a value that is none of these."""
        return nearest(value, self.words) if self.words else f"expected {self.shown}"


def words(*known: str, shown: str = "") -> Values:
    """One of some words, whatever their case."""
    lower = tuple(word.lower() for word in known)
    return Values(shown or ", ".join(known), lower.__contains__, known)


def words_like(expression: str, *examples: str) -> Values:
    """A word that an expression fits, as these do."""
    fits = re.compile(expression).fullmatch
    return Values(", ".join(examples), lambda text: fits(text) is not None, examples)


def whole(low: int, high: float = inf) -> Values:
    """A whole number."""
    shown = f"a whole number from {low}" + (f" to {high}" if high < inf else "")
    return Values(
        shown, lambda text: text.isdecimal() and low <= int(text[:18]) <= high
    )


def real(low: float, high: float = inf) -> Values:
    """A number."""

    def fits(text: str) -> bool:
        try:
            return low <= float(text) <= high
        except ValueError:
            return False

    return Values(
        f"a number from {low:g}" + (f" to {high:g}" if high < inf else ""), fits
    )


def form(expression: str, shown: str) -> Values:
    """A text that an expression fits."""
    fits = re.compile(expression).fullmatch
    return Values(shown, lambda text: fits(text) is not None)


def text(shown: str) -> Values:
    """Any text: a name, a file."""
    return Values(shown, lambda _: True)


FLAG = words("true", "false")
FILE = text("a file")
FOLDER = text("a folder")
