"""A report as tables: headline, bounds, kernels, the slowest layers, the frame."""

from collections.abc import Iterator

from rich.columns import Columns
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ....backend_aipu.machine import Machine
from ...figures.figures import Energy, Figures, Layer
from ..bounds import distances
from ..findings import Findings
from ..looks import CAUSES
from ..quantities import count, percent, quantity, ratio
from ..speed import ESTIMATES, PIPED, frames_a_second, milliseconds, parts, speed
from ..tree import tree, tree_rows
from .accuracy import accuracy_tables
from .bars import Bar
from .frame import frame_tables
from .tables import BOLD, DIM, spaced, table

SLOWEST = 12
BAR, WIDE_BAR = 24, 64
INDENT = "  "


def report_tables(
    findings: Findings, *, all_layers: bool = False
) -> Iterator[RenderableType]:
    """Everything; `all_layers`: as a tree, not only the slowest."""
    figures = findings.figures
    yield _title(figures)
    yield _headline(findings)
    if figures.accuracy is not None:
        yield from accuracy_tables(figures.accuracy)
    yield _bounds(figures)
    if figures.kernels:
        yield _kernels(figures)
    if figures.layers:
        yield from _causes(figures)
        yield _tree(findings) if all_layers else _slowest(figures)
    yield from frame_tables(figures)


def _title(figures: Figures) -> RenderableType:
    text = Text(f"{figures.model} on {figures.target}", BOLD)
    text.append(f"   {figures.strategy}, batch {figures.batch}", "not bold dim")
    return Padding(text, (1, 0, 1, 0))


def _headline(findings: Findings) -> RenderableType:
    grid = Table.grid(padding=(0, 3))
    grid.add_column(style=DIM)
    grid.add_column(style=BOLD, justify="right", no_wrap=True)
    grid.add_column()
    for row in _headline_rows(findings.figures, findings.machine):
        grid.add_row(*row)
    if findings.ladder is not None:
        exact, verdict = findings.ladder.exact, findings.ladder.verdict
        colour = "green" if exact else "bold red"
        grid.add_row("verified", "yes" if exact else "NO", Text(verdict, colour))
    return grid


def _headline_rows(
    figures: Figures, machine: Machine
) -> Iterator[tuple[str, str, str]]:
    """What it is, the number, and what is to be said of it."""
    memory = figures.memory
    cycles = f"{milliseconds(figures.machine_ms)}, {count(figures.cycles)} cycles"
    if figures.machine_only:
        yield "speed", speed(figures), cycles
    else:
        latency = milliseconds(figures.latency_ms)
        yield "speed", speed(figures), f"{latency}: {parts(figures)}; {ESTIMATES}"
        yield "piped", frames_a_second(figures.fps_piped), PIPED
        yield "machine alone", frames_a_second(figures.machine_fps), cycles
    yield (
        "utilisation",
        percent(figures.utilisation),
        f"{quantity(figures.macs, 'MAC')}, {machine.macs_per_cycle} a cycle at most",
    )
    yield "DRAM traffic", quantity(figures.dram_bytes, "B"), ""
    yield (
        "DRAM memory",
        quantity(memory.total_bytes, "B"),
        f"{percent(memory.total_bytes / memory.available_bytes)} of "
        f"{quantity(memory.available_bytes, 'B')}: "
        f"weights {quantity(memory.weights_bytes, 'B')}, "
        f"feature maps {quantity(memory.feature_maps_bytes, 'B')}, "
        f"program {quantity(memory.text_bytes, 'B')}",
    )
    yield (
        "SRAM",
        quantity(figures.sram_peak_bytes, "B"),
        f"{percent(figures.sram_peak_bytes / machine.sram.bytes)} of "
        f"{quantity(machine.sram.bytes, 'B')}; at most "
        f"{quantity(figures.sram_live_bytes, 'B')} in use at one time",
    )
    yield (
        "energy",
        quantity(figures.energy_uj / 1e6, "J"),
        _shares(figures.energy_uj_by_component),
    )


def _shares(energy: Energy) -> str:
    """`DRAM 58.5 %, idle 27.1 %, ...`, the largest first."""
    parts = {name: getattr(energy, name) for name in energy.__struct_fields__}
    total = sum(parts.values())
    largest = sorted(parts, key=lambda name: -parts[name])
    return ", ".join(
        f"{name} {percent(parts[name] / total)}" for name in largest if parts[name]
    )


def _bounds(figures: Figures) -> RenderableType:
    result = table("lower bounds", ">at least", ">here", ">distance", "")
    for distance in distances(figures):
        result.add_row(
            distance.name,
            distance.text(distance.bound),
            distance.text(distance.found),
            ratio(distance.found, distance.bound),
            Text(distance.meaning, DIM),
        )
    return spaced(result)


def _kernels(figures: Figures) -> RenderableType:
    result = table("convolutions", ">layers", ">MACs", ">cycles", ">utilisation")
    for name, kernel in figures.kernels.items():
        result.add_row(
            name,
            count(kernel.layers),
            quantity(kernel.macs, ""),
            count(kernel.cycles),
            percent(kernel.utilisation),
        )
    return spaced(result)


def _causes(figures: Figures) -> Iterator[RenderableType]:
    """One bar for the whole network, and what its colours stand for."""
    total = {
        cause: sum(layer.cycles_by_cause[cause] for layer in figures.layers)
        for cause in CAUSES
    }
    yield spaced(Text("where the time goes", DIM))
    yield Bar(total, figures.cycles, WIDE_BAR)
    yield Columns(
        [
            Text.assemble(
                (look.glyph * 2, look.colour),
                f" {look.name} {percent(total[cause] / figures.cycles)} ",
            )
            for cause, look in CAUSES.items()
        ]
    )


def _tree(findings: Findings) -> RenderableType:
    """Every launch, group and operator, with a bar for those that have no parts."""
    figures = findings.figures
    found = list(tree_rows(tree(figures.layers, findings.machine)))
    longest = max(row.part.cycles for row in found if row.leaf)
    result = table(
        "layers", "operators", ">cycles", ">of all", ">used", ">DRAM", "bound", ""
    )
    for depth, part, leaf in found:
        result.add_row(
            f"{INDENT * depth}{part.name}",
            f"{part.op} {part.kernel}",
            count(part.cycles),
            percent(part.cycles / figures.cycles),
            percent(part.utilisation) if part.macs else "",
            quantity(part.dram_bytes, "B"),
            part.bound_by,
            Bar(part.cycles_by_cause, longest, BAR) if leaf else "",
        )
    return spaced(result)


def _slowest(figures: Figures) -> RenderableType:
    """The slowest layers, each with a bar of its cycles by cause."""
    layers = sorted(figures.layers, key=_slowest_first)[:SLOWEST]
    result = table("slowest layers", "operators", ">cycles", ">used", "bound", "")
    for layer in layers:
        result.add_row(
            layer.name,
            f"{layer.op} {layer.kernel}",
            count(layer.cycles),
            percent(layer.utilisation) if layer.macs else "",
            layer.bound_by,
            Bar(layer.cycles_by_cause, layers[0].cycles, BAR),
        )
    return spaced(result)


def _slowest_first(layer: Layer) -> int:
    return -layer.cycles
