"""The host in a trace: an estimate for every operator, and for every crossing."""

from collections.abc import Iterator

from ...figures.figures import Crossing, Figures, HostOperator, Segment
from .events import CROSSINGS, HOST, Event, Span, slices

NANOSECONDS = 1e6
"""In a millisecond."""


def crossing_slice(crossing: Crossing, begin: float) -> Iterator[Event]:
    """A tensor on its way, from `begin` on."""
    arguments: Event = {
        "tensor": crossing.tensor,
        "to": crossing.to,
        "bytes": crossing.bytes,
        "estimate": True,
    }
    name = f"{crossing.tensor} to the {crossing.to}"
    span = Span(begin, begin + nanoseconds(crossing.ms))
    yield from slices(CROSSINGS, name, span, "crossing", arguments)


def host_slices(figures: Figures, segment: Segment, begin: float) -> Iterator[Event]:
    """The operators of a segment of the host, one after another from `begin` on."""
    for operator in figures.host.operators:
        if operator.segment == segment.name:
            end = begin + nanoseconds(operator.ms)
            yield from _operator(operator, Span(begin, end))
            begin = end


def _operator(operator: HostOperator, span: Span) -> Iterator[Event]:
    arguments: Event = {
        "operator": operator.op,
        "because": operator.reason,
        "estimate": True,
    }
    yield from slices(HOST, operator.name, span, "host", arguments)


def nanoseconds(milliseconds: float | None) -> float:
    """Nothing, where nothing is known of the host."""
    return (milliseconds or 0.0) * NANOSECONDS
