"""A binary as tables: what it needs, its tensors, its entry points."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from ....errors import some_of
from ...inspecting.binary_file import BinaryFile
from ..quantities import count, quantity
from .tables import BOLD, spaced, table

MOST_TENSORS = 3
"""So many are named of what an entry takes or gives; all of them stand above it."""


def binary_tables(found: BinaryFile) -> Iterator[RenderableType]:
    """What the whole of it needs, then tensors and entries."""
    yield Text(f"{found.file}, a binary for {found.target}", style=BOLD)
    yield spaced(_memory(found))
    if found.tensors:
        yield spaced(_tensors(found))
    yield spaced(_entries(found))


def _memory(found: BinaryFile) -> RenderableType:
    rows = table("memory", ">bytes")
    rows.add_row("weights", quantity(found.weight_bytes, "B"))
    rows.add_row("feature maps", quantity(found.map_bytes, "B"))
    rows.add_row("program", quantity(found.program_bytes, "B"))
    rows.add_row("on chip", quantity(found.sram_bytes, "B"))
    return rows


def _tensors(found: BinaryFile) -> RenderableType:
    rows = table("tensors", "", "type", "shape", ">scale", ">zero point", ">bytes")
    for each in found.tensors:
        rows.add_row(
            each.name,
            each.to,
            each.kind,
            "x".join(map(str, each.shape)),
            f"{each.scale:.6g}",
            str(each.zero_point),
            quantity(each.bytes, "B"),
        )
    return rows


def _entries(found: BinaryFile) -> RenderableType:
    rows = table("entries", ">launches", ">instructions", "takes", "gives")
    for each in found.entries:
        rows.add_row(
            each.name,
            count(each.launches),
            count(each.instructions),
            some_of(each.inputs, MOST_TENSORS),
            some_of(each.outputs, MOST_TENSORS),
        )
    return rows
