"""Fits as tables: what was measured, and what the model says of it."""

from collections.abc import Iterator, Mapping
from statistics import mean

from rich.console import Group, RenderableType
from rich.text import Text

from ...benchmarking.calibrate import FitRow
from ...benchmarking.fit_target import NumberFit, TargetFit, TimeFit
from ..quantities import decimals
from .tables import table

UNTOLD = 10
"""How often itself a number would move where the times say nothing of it."""

APART = 0.02
"""A time that comes back is not farther off, in parts of it."""

UNITS = {"dram.bandwidth": "B/s", "control.launch": "us", "dram.latency": "ns"}


def fit_tables(fit: TargetFit) -> Iterator[RenderableType]:
    """The fit of a target: a number a row, what stays and why, a network a row."""
    result = table("number", ">before", ">fitted", ">if the times are 1 % off")
    for name, each in fit.numbers.items():
        off = each.off if each.fitted else None
        result.add_row(
            name,
            f"{each.before:,} {UNITS[name]}",
            f"{each.after:,} {UNITS[name]}" if each.fitted else "stays",
            "" if off is None else f"{100 * off:.1f} % off",
        )
    fitted = sum(each.fitted for each in fit.numbers.values())
    lines = [
        f"{name} stays: {_why(each, len(fit.times))}"
        for name, each in fit.numbers.items()
        if not each.fitted
    ]
    if fitted == len(fit.times):
        lines.append(f"As many numbers as times: {_agreement(fit.times)}.")
    yield Group(result, Text("\n" + "\n".join(lines)))
    yield calibration_table(fit.times)


def _agreement(times: Mapping[str, TimeFit]) -> str:
    """What it means that times come back, or do not, where each has its own number."""
    if all(abs(row.fitted / row.measured - 1) < APART for row in times.values()):
        return "that they agree proves nothing"
    return "no such numbers give these times"


def _why(number: NumberFit, times: int) -> str:
    if number.off is None:
        return f"{times} time{'s' * (times != 1)} cannot tell more numbers"
    if number.off > UNTOLD:
        return "the times do not tell it, or not from the others"
    return f"times that are 1 % off would move it by {100 * number.off:.0f} %"


def calibration_table(rows: Mapping[str, FitRow | TimeFit]) -> RenderableType:
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
    return f"{round(100 * (found / measured - 1)):+} %"
