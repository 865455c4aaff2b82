"""What all printed tables look like: a dim head, a line below it, no frame."""

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

BOLD, DIM = "bold", "dim"


def table(*columns: str) -> Table:
    """A table without rows; the columns of numbers have names that begin with `>`."""
    result = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style=DIM,
    )
    for column in columns:
        is_number = column.startswith(">")
        result.add_column(
            column.removeprefix(">"),
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
        )
    return result


def spaced(renderable: RenderableType) -> RenderableType:
    """With an empty line before it."""
    return Padding(renderable, (1, 0, 0, 0))
