"""The text of a program, and how a mistake in it is shown."""

from dataclasses import dataclass

from ...errors import AipuError

WIDTH = 88


@dataclass(frozen=True)
class SourceText:
    """A text, and the name of the file that it is from."""

    text: str
    name: str

    def error(self, offset: int, message: str, remedy: str = "") -> AipuError:
        """A mistake at an offset: its line, with a caret below.

        conv.s:12:9: unknown buffer 'conv1.ifn'
            dma.load sram=conv1.ifn
                          ^
        """
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        line = self.text[start : end if end >= 0 else None]
        column = offset - start
        first = max(0, column - WIDTH // 2)
        shown = _printable(line[first : first + WIDTH].rstrip())
        below = "".join(c if c == "\t" else " " for c in line[first:column])
        number = self.text.count("\n", 0, offset) + 1
        return AipuError(
            f"{message}\n    {shown}\n    {below}^",
            place=f"{self.name}:{number}:{column + 1}",
            remedy=remedy,
        )


def excerpt(text: str) -> str:
    """A piece of a text for a message: its beginning, if it is long."""
    short = text if len(text) <= WIDTH // 2 else text[: WIDTH // 2] + "..."
    return _printable(short)


def _printable(text: str) -> str:
    """A text for a terminal: what has no shape becomes a question mark."""
    return "".join(c if c.isprintable() or c == "\t" else "?" for c in text)
