"""The keys of a section of a cfg as a table."""

from rich.console import RenderableType

from ...report.terminal.tables import table
from .key import Keys


def key_table(section: str, keys: Keys) -> RenderableType:
    """What each key means, what it may be, and what becomes of it."""
    rows = table(f"[{section}]", "means", "values", "default", "here")
    for name, key in sorted(keys.items()):
        values = key.values.shown
        rows.add_row(
            name,
            key.means,
            f"{values}; & <[Type]:value>" if key.per_node else values,
            key.default,
            f"changes nothing: {key.inert}" if key.inert else "honoured",
        )
    return rows
