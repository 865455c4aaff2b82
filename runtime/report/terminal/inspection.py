"""An inspected model as tables."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ...inspecting.inspection import Inspection
from ..quantities import count, percent, quantity
from .tables import BOLD, spaced, table


def inspection_tables(found: Inspection) -> Iterator[RenderableType]:
    """What the model is, then what runs where."""
    yield Text(f"{found.model} for {found.target}", style=BOLD)
    yield spaced(_facts(found))
    yield spaced(_operators(found))


def _facts(found: Inspection) -> RenderableType:
    taken = found.weight_bytes + found.live_bytes
    fits = "fits" if taken <= found.memory_bytes else "does not fit"
    facts = table("", "", "")
    facts.show_header = False
    facts.add_row("inputs", _tensors(found.inputs))
    facts.add_row("outputs", _tensors(found.outputs))
    facts.add_row("operators", count(found.operators))
    facts.add_row("arithmetic", quantity(found.macs, "MAC"))
    facts.add_row("parameters", count(found.parameters))
    facts.add_row(
        "memory",
        f"{quantity(taken, 'B')} of {quantity(found.memory_bytes, 'B')}: {fits}",
        f"weights {quantity(found.weight_bytes, 'B')}, "
        f"feature maps {quantity(found.live_bytes, 'B')}, as int8",
    )
    return Group(facts)


def _tensors(tensors: Mapping[str, Sequence[int]]) -> str:
    return ", ".join(
        f"{name} {'x'.join(map(str, shape))}" for name, shape in tensors.items()
    )


def _operators(found: Inspection) -> RenderableType:
    rows = table(
        "runs on",
        "operator",
        ">count",
        ">MACs",
        ">arithmetic",
        ">time, estimate",
        "because",
    )
    for kind in found.kinds:
        rows.add_row(
            kind.place,
            kind.op,
            count(kind.count),
            count(kind.macs) if kind.macs else "",
            percent(kind.share),
            "" if kind.host_ms is None else quantity(kind.host_ms / 1e3, "s"),
            kind.reason,
        )
    return rows
