"""The roofline: how fast each layer computes, and what keeps it from being faster.

Williams, Waterman and Patterson, CACM 2009: with so many MACs for every byte of DRAM,
a layer is no faster than the array at its peak, nor than the bus brings its bytes.
"""

from ....backend_aipu.machine import Machine
from ...figures.figures import Figures, Layer
from ..looks import BLUE, CYAN, GREEN, GREY, PURPLE, RED, YELLOW
from ..quantities import percent, quantity
from .chart import FAINT, LINES, Chart

COLOURS = (BLUE, RED, GREEN, PURPLE, YELLOW, CYAN, GREY)
MARGIN = 1.6


def roofline_chart(figures: Figures, machine: Machine) -> str:
    """A dot per layer with MACs while it runs; its area is its share of the time."""
    layers = [layer for layer in figures.layers if layer.macs and layer.dram_bytes]
    chart = Chart("roofline", 420)
    (axes,) = chart.axes
    kinds = list(dict.fromkeys(layer.kernel or layer.op for layer in layers))
    for number, kind in enumerate(kinds):
        colour = COLOURS[number % len(COLOURS)]
        for layer in (x for x in layers if (x.kernel or x.op) == kind):
            speed = macs_per_second(layer, machine)
            dot = axes.scatter(
                [layer.macs / layer.dram_bytes],
                [speed],
                s=20 + 2400 * layer.cycles / figures.cycles,
                color=colour,
                alpha=0.65,
                linewidths=0,
            )
            chart.tip(dot, _tip(layer, speed, machine))
        axes.scatter([], [], s=60, color=colour, alpha=0.65, label=kind)
    _roof(chart, layers, machine)
    chart.legend(axes, len(kinds))
    return chart.svg()


def macs_per_second(layer: Layer, machine: Machine) -> float:
    """The speed of a layer from the end of its launch on."""
    running = layer.cycles - layer.cycles_by_cause["launch"]
    return layer.macs / machine.seconds(max(1, running))


def _roof(chart: Chart, layers: list[Layer], machine: Machine) -> None:
    """The two limits, and room for the dots below them."""
    (axes,) = chart.axes
    peak = machine.macs_per_cycle * machine.clock_hz
    bandwidth = machine.dram.bandwidth
    ridge = peak / bandwidth
    intensities = [layer.macs / layer.dram_bytes for layer in layers]
    speeds = [macs_per_second(layer, machine) for layer in layers]
    left = min([*intensities, ridge]) / MARGIN
    right = max([*intensities, ridge]) * MARGIN * MARGIN
    middle = (left * ridge) ** 0.5
    bottom = min([*speeds, left * bandwidth]) / MARGIN
    axes.plot(
        [left, ridge, right], [left * bandwidth, peak, peak], color=LINES, linewidth=2
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, peak * MARGIN)
    axes.set_xlabel("MACs for each byte of DRAM traffic")
    axes.set_ylabel("MAC/s while it runs")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_major_formatter(lambda value, _: quantity(value, ""))
    axes.grid(color=FAINT)
    axes.annotate(
        f"array: {quantity(peak, 'MAC/s')}",
        (right, peak),
        (-4, 5),
        textcoords="offset points",
        ha="right",
    )
    axes.annotate(
        f"DRAM: {quantity(bandwidth, 'B/s')}",
        (middle, middle * bandwidth),
        (8, -14),
        textcoords="offset points",
    )


def _tip(layer: Layer, speed: float, machine: Machine) -> str:
    intensity = layer.macs / layer.dram_bytes
    roof = min(
        machine.macs_per_cycle * machine.clock_hz, intensity * machine.dram.bandwidth
    )
    return (
        f"{layer.name} ({layer.op} {layer.kernel})\n"
        f"{quantity(speed, 'MAC/s')} at {intensity:.1f} MACs a byte, "
        f"{percent(speed / roof)} of the roof"
    )
