"""Memory over time: maps that live in DRAM, buffers in SRAM, and how full that is."""

from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ...figures.figures import Figures
from ...simulator.lives import Life, alive
from ..findings import Findings
from ..looks import BLUE
from ..memory_map import live_buffers, live_maps
from ..quantities import quantity
from .chart import FAINT, LINES, SMALL_TYPE, WIDTH, Chart

COLOURS = ("#77aadd", "#ee8866", "#eedd88", "#99ddff", "#44bb99", "#ffaabb", "#bbcc33")
"""Paul Tol's "light" scheme, made for dark text on it."""

HEIGHT, PARTS = 780, (4, 4, 2)
MAP_HEIGHT = 270
"""Points of the whole chart, and about of the map of a memory."""

LETTER = 5.8
"""Points that a letter of that type is wide, about."""


def memory_chart(findings: Findings) -> str:
    """The addresses of DRAM, those of SRAM, and the bytes in use of it; all by time."""
    chart = Chart("memory", HEIGHT, PARTS)
    figures, sram = findings.figures, findings.machine.sram.bytes
    dram, on_chip, used = chart.axes
    maps = live_maps(findings.entries)
    _boxes(chart, dram, maps, figures, figures.memory.feature_maps_bytes, 1e6)
    dram.set_ylabel("DRAM address, MB")
    buffers = live_buffers(findings.entries)
    _boxes(chart, on_chip, buffers, figures, sram, 1e3)
    on_chip.set_ylabel("SRAM address, kB")
    _used(chart, used, buffers, findings)
    used.set_xlim(0, figures.machine_ms)
    used.set_xlabel("milliseconds")
    return chart.svg()


def _boxes(
    chart: Chart,
    axes: Axes,
    lives: Iterable[Life],
    figures: Figures,
    size: int,
    unit: float,
) -> None:
    """A box for everything that lives: its addresses, and how long."""
    clock = figures.cycles / figures.machine_ms
    for number, each in enumerate(lives):
        box = Rectangle(
            (each.start / clock, each.address / unit),
            (each.end - each.start) / clock,
            each.bytes / unit,
            facecolor=COLOURS[number % len(COLOURS)],
            edgecolor="white",
            linewidth=0.5,
        )
        box.set_in_layout(False)  # no box decides how much room the axes have
        axes.add_patch(box)
        chart.tip(
            box,
            f"{each.name}\n{quantity(each.bytes, 'B')} from address "
            f"{each.address:#x}, cycles {each.start:,} to {each.end:,}",
        )
        width = WIDTH * (each.end - each.start) / figures.cycles
        height = MAP_HEIGHT * each.bytes / max(1, size)
        if width > LETTER * (len(each.name) + 2) and height > 2 * SMALL_TYPE:
            middle = (each.start + each.end) / 2 / clock
            place = middle, (each.address + each.bytes / 2) / unit
            chart.inside(
                axes.text(*place, each.name, size=SMALL_TYPE, ha="center", va="center")
            )
    axes.set_ylim(0, max(1, size) / unit * 1.02)
    axes.grid(axis="y", color=FAINT)


def _used(
    chart: Chart, axes: Axes, buffers: Iterable[Life], findings: Findings
) -> None:
    """The bytes in use, up to all that there are."""
    figures, sram = findings.figures, findings.machine.sram.bytes
    clock = figures.cycles / figures.machine_ms
    steps = [(0, 0), *alive(buffers), (figures.cycles, 0)]
    times = [cycle / clock for cycle, _ in steps]
    filled = axes.fill_between(
        times, [count / 1e3 for _, count in steps], step="post", color=BLUE, lw=0
    )
    chart.tip(filled, f"at most {quantity(figures.sram_live_bytes, 'B')} in use")
    axes.axhline(sram / 1e3, color=LINES, linewidth=1.5)
    axes.annotate(
        f"all {quantity(sram, 'B')}",
        (0, sram / 1e3),
        (4, 4),
        textcoords="offset points",
    )
    axes.set_ylim(0, sram / 1e3 * 1.35)
    axes.set_ylabel("SRAM, kB")
    axes.grid(axis="y", color=FAINT)
