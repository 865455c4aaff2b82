"""A network that would be cut, as tables."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from ...inspecting.cutting import Cut
from ..quantities import count, quantity
from ..speed import frames_a_second, milliseconds
from .tables import BOLD, DIM, spaced, table

TOO_LARGE = Text("does not fit the memory", "bold red")


def cutting_tables(cut: Cut, *, all_operators: bool) -> Iterator[RenderableType]:
    """The modes side by side, the segments of one, what passes, what it hangs on."""
    title = Text(f"{cut.model} for {cut.target}, {cut.strategy}", style=BOLD)
    yield title.append("  nothing is built: all times are estimates", style=DIM)
    yield spaced(_modes(cut))
    yield spaced(_segments(cut))
    if cut.crossings:
        yield spaced(_crossings(cut))
    if all_operators:
        yield spaced(_operators(cut))
    yield spaced(_sensitivity(cut))


def _modes(cut: Cut) -> RenderableType:
    fit = all(each.fits for each in cut.modes)
    result = table(
        "mode",
        ">latency",
        ">machine",
        ">host",
        ">crossings",
        ">segments",
        ">one by one",
        ">piped",
        ">host memory",
        *([] if fit else [""]),
    )
    for each in cut.modes:
        result.add_row(
            each.mode,
            milliseconds(each.latency_ms),
            milliseconds(each.machine_ms),
            milliseconds(each.host_ms),
            milliseconds(each.crossing_ms),
            count(each.segments),
            _rate(each.latency_ms),
            _rate(each.interval_ms),
            quantity(each.host_bytes, "B"),
            *([] if fit else ["" if each.fits else TOO_LARGE]),
        )
    return result


def _rate(ms: float) -> str:
    return frames_a_second(1e3 / ms if ms else None)


def _segments(cut: Cut) -> RenderableType:
    result = table(
        f"segments by {cut.mode}",
        "runs on",
        ">operators",
        ">MACs",
        ">time",
        "from",
        "to",
    )
    for each in cut.segments:
        only = not each.operators
        result.add_row(
            each.name.removeprefix("segment_"),
            each.place,
            count(each.operators),
            count(each.macs) if each.macs else "",
            milliseconds(each.ms),
            "only conversions" if only else each.first,
            each.last,
        )
    return result


def _crossings(cut: Cut) -> RenderableType:
    result = table("crossings", "to the", ">elements", ">time")
    for each in cut.crossings:
        result.add_row(
            each.tensor, each.to, count(each.elements), milliseconds(each.ms)
        )
    return result


def _operators(cut: Cut) -> RenderableType:
    result = table(
        "operators", "operator", "runs on", ">machine", ">host", ">crossing", "because"
    )
    for each in cut.operators:
        result.add_row(
            each.name,
            each.op,
            each.place,
            milliseconds(each.machine_ms),
            milliseconds(each.host_ms),
            milliseconds(each.crossing_ms) if each.crossing_ms else "",
            each.reason,
        )
    return result


def _sensitivity(cut: Cut) -> RenderableType:
    result = table("if a launch took", "and a crossing", ">rules", ">cost", ">segments")
    for each in cut.sensitivity:
        result.add_row(
            quantity(each.launch_us / 1e6, "s"),
            quantity(each.crossing_us / 1e6, "s"),
            milliseconds(each.rules_ms),
            milliseconds(each.cost_ms),
            count(each.segments),
        )
    return result
