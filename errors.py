"""What a user is told: the error that ends a command, and warnings, which do not.

An error says what is wrong, where, and what to do about it. A warning is what a user
should know of a model or its data, though nothing has to stop for it: it begins with
what was found and says what came of it.
"""

from collections.abc import Iterable, Sequence
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

    @property
    def head(self) -> str:
        """What is wrong, and where; not what to do about it."""
        return f"{self.place}: {self.message}" if self.place else self.message

    def __str__(self) -> str:
        return f"{self.head}\n  {self.remedy}" if self.remedy else self.head


class UnsupportedError(AipuError):
    """A model uses what the compiler does not handle; the message lists all of it."""


MOST_NAMES = 10
"""So many names are listed; more would hide the message."""


def some_of(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Names, at `most` so many of them: `a, b and 13 more`."""
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")


def nearest(name: str, known: Iterable[str]) -> str:
    """The remedy for a misspelt `name`: the nearest of the `known` ones, or those."""
    known = sorted(known)
    if not known:
        return "there are none"
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {some_of(known)}"


class Warnings:
    """Messages, each with the places that it is about, in the order they were found."""

    def __init__(self, lines: Iterable[str] = ()):
        self._places: dict[str, dict[str, None]] = {line: {} for line in lines}

    def add(self, message: str, place: str = "") -> None:
        """Remember a message; the same one of several places will be one line."""
        places = self._places.setdefault(message, {})
        if place:
            places[place] = None

    def copy(self) -> "Warnings":
        """The same messages, to which others may be added."""
        other = Warnings()
        other._places = {line: dict(places) for line, places in self._places.items()}
        return other

    def each(self) -> tuple[tuple[str, str], ...]:
        """Every place and message; the place is empty where none is known."""
        return tuple(
            (place, message)
            for message, places in self._places.items()
            for place in places or ("",)
        )

    def lines(self) -> tuple[str, ...]:
        """`PLACE and 13 more: MESSAGE`, one line for each message."""
        return tuple(
            _line(message, list(places)) for message, places in self._places.items()
        )


def _line(message: str, places: list[str]) -> str:
    return f"{some_of(places, 1)}: {message}" if places else message
