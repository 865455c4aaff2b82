"""Memory over time: which feature maps live in DRAM, and how full the SRAM is."""

from matplotlib.patches import Rectangle

from ...figures.figures import Figures
from ..findings import Findings
from ..looks import BLUE
from ..memory_map import LiveMap, live_maps, sram_bytes
from ..quantities import quantity
from .chart import FAINT, LINES, SMALL_TYPE, WIDTH, Chart

COLOURS = ("#77aadd", "#ee8866", "#eedd88", "#99ddff", "#44bb99", "#ffaabb", "#bbcc33")
"""Paul Tol's "light" scheme, made for dark text on it."""

HEIGHT, DRAM_HEIGHT = 460, 290
LETTER = 5.8
"""Points that a letter of that type is wide, about."""


def memory_chart(findings: Findings) -> str:
    """Above the addresses of DRAM, below the bytes of SRAM; both by time."""
    chart = Chart("memory", HEIGHT, (3, 1))
    _dram(chart, findings)
    _sram(chart, findings)
    return chart.svg()


def _dram(chart: Chart, findings: Findings) -> None:
    axes, clock = chart.axes[0], findings.machine.clock_hz
    figures = findings.figures
    for number, each in enumerate(live_maps(findings.entries)):
        box = Rectangle(
            (each.start / clock * 1e3, each.address / 1e6),
            (each.end - each.start) / clock * 1e3,
            each.bytes / 1e6,
            facecolor=COLOURS[number % len(COLOURS)],
            edgecolor="white",
            linewidth=0.5,
        )
        axes.add_patch(box)
        chart.tip(
            box,
            f"{each.name}\n{quantity(each.bytes, 'B')} from address "
            f"{each.address:#x}, cycles {each.start:,} to {each.end:,}",
        )
        _label(chart, each, figures)
    axes.set_xlim(0, figures.machine_ms)
    axes.set_ylim(0, max(1, figures.memory.feature_maps_bytes) / 1e6 * 1.02)
    axes.set_ylabel("DRAM address, MB")
    axes.grid(axis="y", color=FAINT)


def _label(chart: Chart, each: LiveMap, figures: Figures) -> None:
    """Write the name of a feature map into its box, if there is room."""
    axes, clock = chart.axes[0], figures.cycles / figures.machine_ms
    width = WIDTH * (each.end - each.start) / figures.cycles
    height = DRAM_HEIGHT * each.bytes / figures.memory.feature_maps_bytes
    if width < LETTER * (len(each.name) + 2) or height < 2 * SMALL_TYPE:
        return
    middle = (each.start + each.end) / 2 / clock
    text = axes.text(
        middle,
        (each.address + each.bytes / 2) / 1e6,
        each.name,
        size=SMALL_TYPE,
        ha="center",
        va="center",
    )
    chart.inside(text)


def _sram(chart: Chart, findings: Findings) -> None:
    axes, machine = chart.axes[1], findings.machine
    used = sram_bytes(findings.entries)
    start = 0.0
    for layer in findings.figures.layers:
        width = machine.seconds(layer.cycles) * 1e3
        (bar,) = axes.bar(
            [start], [used[layer.name] / 1e3], width=width, align="edge", color=BLUE
        )
        chart.tip(
            bar,
            f"{layer.name}\n{quantity(used[layer.name], 'B')} of "
            f"{quantity(machine.sram.bytes, 'B')}",
        )
        start += width
    axes.axhline(machine.sram.bytes / 1e3, color=LINES, linewidth=1.5)
    axes.annotate(
        f"all {quantity(machine.sram.bytes, 'B')}",
        (0, machine.sram.bytes / 1e3),
        (4, 4),
        textcoords="offset points",
    )
    axes.set_xlim(0, start)
    axes.set_ylim(0, machine.sram.bytes / 1e3 * 1.25)
    axes.set_ylabel("SRAM, kB")
    axes.set_xlabel("milliseconds")
    axes.grid(axis="y", color=FAINT)
