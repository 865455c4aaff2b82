"""A sweep as a table."""

from collections.abc import Sequence

from rich.console import RenderableType

from ...exploring.sweep import Point
from ..quantities import count, quantity, ratio
from ..speed import frames_a_second, milliseconds
from .tables import table


def exploring_table(rows: Sequence[Point]) -> RenderableType:
    """A line for each row, with what no schedule beats; or why there are no figures."""
    settings = list(dict.fromkeys(key for row in rows for key, _ in row.settings))
    result = table(
        "model",
        "target",
        *(f">{key}" for key in settings),
        "strategy",
        "goal",
        ">batch",
        ">cycles",
        ">speed",
        ">DRAM",
        ">bound",
        ">distance",
    )
    for row in rows:
        own = dict(row.settings)
        result.add_row(
            row.model,
            row.target,
            *(own.get(key, "") for key in settings),
            row.strategy,
            row.goal,
            "" if row.batch is None else str(row.batch),
            *_figures(row),
        )
    return result


def _figures(row: Point) -> Sequence[str]:
    if row.cycles is None or row.dram_bytes is None or row.bound_ms is None:
        return (row.error,)
    return (
        count(row.cycles),
        frames_a_second(row.machine_fps),
        quantity(row.dram_bytes, "B"),
        milliseconds(row.bound_ms),
        ratio(row.machine_ms or 0, row.bound_ms),
    )
