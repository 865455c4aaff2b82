"""What is compared of packages: names of figures, with those of each package."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..figures.figures import Figures, Kernel
from .bounds import distances
from .findings import Findings
from .quantities import count, percent, quantity, ratio
from .speed import frames_a_second, milliseconds, speed

VERIFIED = "verified"

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


def comparison_rows(packages: Sequence[Findings]) -> Iterator[tuple[str, list[str]]]:
    """A name, and a figure of each package; what belongs to a row above is indented."""
    reports = [findings.figures for findings in packages]
    for name, text in ROWS.items():
        yield name, [text(figures) for figures in reports]
    for kernel in dict.fromkeys(name for each in reports for name in each.kernels):
        cells = [_kernel(figures.kernels.get(kernel)) for figures in reports]
        yield f"  {kernel} convolutions", cells
    for name, text in AFTER_KERNELS.items():
        yield name, [text(figures) for figures in reports]
    for same in zip(*map(distances, reports), strict=True):
        cells = [ratio(each.found, each.bound) for each in same]
        yield f"to the bound: {same[0].name}", cells
    if any(findings.ladder is not None for findings in packages):
        yield VERIFIED, [_verdict(findings) for findings in packages]


def _estimate(figures: Figures, time: float) -> str:
    """A time of the host; a dash where nothing is known of it."""
    return milliseconds(None if figures.machine_only else time)


def _kernel(kernel: Kernel | None) -> str:
    return "-" if kernel is None else percent(kernel.utilisation)


def _verdict(findings: Findings) -> str:
    ladder = findings.ladder
    return "-" if ladder is None else f"{ladder.layers} layers bit-exact"
