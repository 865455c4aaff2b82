"""A fit of a host as a table: what was measured, and what the model says of it."""

from collections.abc import Mapping
from statistics import mean

from rich.console import Group, RenderableType
from rich.text import Text

from ...benchmarking.calibrate import FitRow
from ..quantities import decimals
from .tables import table


def calibration_table(rows: Mapping[str, FitRow]) -> RenderableType:
    """A network a row, and the mean error below."""
    result = table("network", ">measured, ms", ">before", ">error", ">fitted", ">error")
    for name, row in rows.items():
        result.add_row(
            name,
            decimals(row.measured, 2),
            decimals(row.before, 2),
            _error(row.before, row.measured),
            decimals(row.fitted, 2),
            _error(row.fitted, row.measured),
        )
    before, after = (
        mean(abs(getattr(row, side) / row.measured - 1) for row in rows.values())
        for side in ("before", "fitted")
    )
    summary = f"mean error {100 * before:.1f} % before, {100 * after:.1f} % as fitted"
    return Group(
        result, Text(f"\n{summary}, over {len(rows)} network{'s' * (len(rows) != 1)}")
    )


def _error(found: float, measured: float) -> str:
    return f"{100 * (found / measured - 1):+.0f} %"
