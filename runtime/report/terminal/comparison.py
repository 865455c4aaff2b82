"""Packages side by side: a column for each; and as plain data."""

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from ...figures.figures import Figures, Kernel
from ..bounds import distances
from ..findings import Findings
from ..quantities import count, percent, quantity, ratio
from ..speed import frames_a_second, milliseconds, speed
from .ladder import ladder_figures
from .tables import table

ROWS: Mapping[str, Callable[[Figures], str]] = {
    "target": lambda figures: figures.target,
    "strategy": lambda figures: figures.strategy,
    "batch": lambda figures: str(figures.batch),
    "MACs": lambda figures: count(figures.macs),
    "speed": speed,
    "machine alone": lambda figures: frames_a_second(figures.machine_fps),
    "latency": lambda figures: milliseconds(figures.latency_ms),
    "  machine": lambda figures: milliseconds(figures.machine_ms),
    "  host, an estimate": lambda figures: _estimate(figures, figures.host_ms),
    "  crossings, an estimate": lambda figures: _estimate(figures, figures.crossing_ms),
    "cycles": lambda figures: count(figures.cycles),
    "utilisation": lambda figures: percent(figures.utilisation),
}
AFTER_KERNELS: Mapping[str, Callable[[Figures], str]] = {
    "DRAM traffic": lambda figures: quantity(figures.dram_bytes, "B"),
    "program": lambda figures: quantity(figures.text_bytes, "B"),
    "energy": lambda figures: quantity(figures.energy_uj / 1e6, "J"),
}


def comparison_table(packages: Mapping[str, Findings]) -> RenderableType:
    """What counts of every package, by the name that it is shown under."""
    result = table("", *(f">{name}" for name in packages))
    for name, cells in _rows(list(packages.values())):
        result.add_row(name, *cells)
    return result


def comparison_figures(packages: Mapping[str, Findings]) -> Mapping[str, object]:
    """The same as plain data: the report of every package, and its verification."""
    return {
        name: {
            "report": findings.figures,
            "verification": findings.ladder and ladder_figures(findings.ladder),
        }
        for name, findings in packages.items()
    }


def _rows(packages: list[Findings]) -> Iterator[tuple[str, list[str | Text]]]:
    reports = [findings.figures for findings in packages]
    for name, text in ROWS.items():
        yield name, [text(figures) for figures in reports]
    for kernel in dict.fromkeys(name for each in reports for name in each.kernels):
        cells = [_kernel(figures.kernels.get(kernel)) for figures in reports]
        yield f"  {kernel} convolutions", list(cells)
    for name, text in AFTER_KERNELS.items():
        yield name, [text(figures) for figures in reports]
    for same in zip(*map(distances, reports), strict=True):
        cells = [ratio(each.found, each.bound) for each in same]
        yield f"to the bound: {same[0].name}", list(cells)
    if any(findings.ladder is not None for findings in packages):
        yield "verified", [_verdict(findings) for findings in packages]


def _estimate(figures: Figures, time: float) -> str:
    """A time of the host; a dash where nothing is known of it."""
    return milliseconds(None if figures.machine_only else time)


def _kernel(kernel: Kernel | None) -> str:
    return "-" if kernel is None else percent(kernel.utilisation)


def _verdict(findings: Findings) -> Text:
    if findings.ladder is None:
        return Text("-")
    layers = f"{findings.ladder.layers} layers bit-exact"
    return Text(layers, "green" if findings.ladder.exact else "bold red")
