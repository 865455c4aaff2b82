"""What ideas are worth, as a table."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from ...exploring.ablation import Ablation, Spent
from ..quantities import quantity
from ..speed import milliseconds
from .tables import table


def ablation_tables(found: Ablation) -> Iterator[RenderableType]:
    """A line for each idea: what time and traffic it saves, alone and last."""
    head = f"{found.model} on {found.target}   {found.strategy}, batch {found.batch}"
    yield Text(head, "bold")
    yield Text("")
    result = table("", ">time", ">DRAM", "")
    for name, spent in (("no idea", found.nothing), ("all", found.everything)):
        result.add_row(name, *_cells(spent), "")
    result.add_row("no schedule beats", milliseconds(found.bound_ms), "", "")
    yield result
    yield Text("")
    ideas = table("idea", ">alone saves", ">DRAM", ">last saves", ">DRAM", "")
    for each in found.ideas:
        alone = _saved(found.nothing, each.alone)
        last = _saved(each.without, found.everything)
        ideas.add_row(each.switch, *alone, *last, each.idea)
    yield ideas


def _cells(spent: Spent) -> tuple[str, str]:
    return milliseconds(spent.machine_ms), quantity(spent.dram_bytes, "B")


def _saved(before: Spent, after: Spent) -> tuple[str, str]:
    """What is saved: of the time in percent, of the traffic in bytes."""
    share = (before.machine_ms - after.machine_ms) / (before.machine_ms or 1)
    moved = before.dram_bytes - after.dram_bytes
    sign = "-" if moved < 0 else ""
    return f"{100 * share:.1f} %", f"{sign}{quantity(abs(moved), 'B')}"
