"""What a user should know of a model or its data, though nothing has to stop for it.

Whoever finds something adds a message, which begins with what was found and says what
came of it; the places are nodes, tensors or inputs, as in an `AipuError`.
"""

from collections.abc import Iterable


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

    def lines(self) -> tuple[str, ...]:
        """`PLACE and 13 more: MESSAGE`, one line for each message."""
        return tuple(
            _line(message, list(places)) for message, places in self._places.items()
        )


def _line(message: str, places: list[str]) -> str:
    if not places:
        return message
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{places[0]}{more}: {message}"
