"""The lines that build a package again."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from .tables import DIM, spaced


def command_lines(lines: Iterable[str]) -> RenderableType:
    """The build, and one `aipu-opt` line for each level, to copy into a shell."""
    return spaced(Group(Text("built by", DIM), *map(Text, lines)))
