"""How fast a network is, in the words that all reports use."""

from ...passes.authoring.places import MACHINE
from ..figures.figures import Figures, Segment
from .quantities import quantity

ESTIMATES = "host and crossings are estimates"
PIPED = "an estimate: of many frames, each side at work on one of its own"


def speed(figures: Figures) -> str:
    """`9.72 FPS`, of all that a frame takes; `10.05 FPS, machine only` without host."""
    rate = frames_a_second(figures.fps)
    return f"{rate}, machine only" if figures.machine_only else rate


def frames_a_second(rate: float | None) -> str:
    """`10.05 FPS`; a dash where nothing takes any time."""
    return "-" if rate is None else f"{rate:.2f} FPS"


def milliseconds(time: float | None) -> str:
    """`1.964 ms`; a dash where it is not known."""
    return "-" if time is None else quantity(time / 1e3, "s")


def parts(figures: Figures) -> str:
    """What a latency consists of: `machine 1.964 ms, host 207.2 µs, crossings ...`."""
    return (
        f"machine {milliseconds(figures.machine_ms)}, "
        f"host {milliseconds(figures.host_ms)}, "
        f"crossings {milliseconds(figures.crossing_ms)}"
    )


def span(segment: Segment) -> tuple[str, str]:
    """The first operator and the last; that there is none but what converts."""
    if not segment.operators:
        return "only conversions", ""
    return segment.first, segment.last


def simulated_or_not(segment: Segment) -> str:
    """Where the time of a segment comes from."""
    if segment.ms is None:
        return "not known"
    return "simulated" if segment.place == MACHINE else "estimate"
