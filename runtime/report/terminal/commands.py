"""The lines that make the levels of a package again."""

from rich.console import Group, RenderableType
from rich.text import Text

from ...manifest import Manifest
from .tables import DIM, spaced


def command_lines(manifest: Manifest) -> RenderableType:
    """One `aipu-opt` line for each level, to copy into a shell."""
    lines = map(Text, manifest.commands)
    return spaced(Group(Text("built by", DIM), *lines))
