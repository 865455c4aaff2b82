"""What a frame consists of, as tables: segments, crossings, the host's operators."""

from collections.abc import Iterator

from rich.console import RenderableType

from ...figures.figures import Figures
from ..known_seams import known_seams
from ..quantities import count, decimals, percent, quantity
from ..speed import milliseconds, simulated_or_not, span
from .tables import spaced, table


def frame_tables(figures: Figures) -> Iterator[RenderableType]:
    """Every segment, every crossing, every operator of the host, each with its time."""
    if figures.segments:
        yield spaced(_segments(figures))
    if figures.crossings:
        yield spaced(_crossings(figures))
    if figures.host.operators:
        yield spaced(_host(figures))


def _segments(figures: Figures) -> RenderableType:
    result = table("segments", "runs on", ">operators", ">time", "", "from", "to")
    for each in figures.segments:
        result.add_row(
            each.name.removeprefix("segment_"),
            each.place,
            count(each.operators),
            milliseconds(each.ms),
            simulated_or_not(each),
            *span(each),
        )
    return result


def _crossings(figures: Figures) -> RenderableType:
    known = known_seams(figures)
    cosines = [">cosine before", ">after"] if known else []
    result = table("crossings", "to the", ">bytes", ">time, estimate", *cosines)
    for each in figures.crossings:
        seam = known.get((each.tensor, each.to))
        result.add_row(
            each.tensor,
            each.to,
            quantity(each.bytes, "B"),
            milliseconds(each.ms),
            *([decimals(seam.before, 6), decimals(seam.after, 6)] if seam else []),
        )
    return result


def _host(figures: Figures) -> RenderableType:
    result = table(
        "on the host", "operator", ">arithmetic", ">time, estimate", "because"
    )
    for each in figures.host.operators:
        result.add_row(
            each.name,
            each.op,
            percent(each.share),
            milliseconds(each.ms),
            each.reason,
        )
    return result
