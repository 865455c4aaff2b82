"""Energy by what takes it: one bar a component."""

from ...figures.figures import Figures
from ..looks import BLUE, CYAN, GREEN, GREY, RED
from ..quantities import percent, quantity
from .chart import Chart

COMPONENTS = {
    "dram": ("DRAM", RED),
    "idle": ("idle", GREY),
    "sram": ("SRAM", CYAN),
    "mac": ("MACs", BLUE),
    "vector": ("vector unit", GREEN),
}


def energy_chart(figures: Figures) -> str:
    """The bars from the largest down; lengths are shares of the whole."""
    chart = Chart("energy", 190)
    (axes,) = chart.axes
    energy = figures.energy_uj_by_component
    found = {name: getattr(energy, name) / 1e6 for name in COMPONENTS}
    total = sum(found.values()) or 1.0
    largest_last = sorted(COMPONENTS, key=lambda name: found[name])
    for row, name in enumerate(largest_last):
        label, colour = COMPONENTS[name]
        share = found[name] / total
        (bar,) = axes.barh([row], [share], height=0.7, color=colour)
        text = f"{quantity(found[name], 'J')}, {percent(share)}"
        chart.tip(bar, f"{label}: {text}")
        axes.annotate(
            text, (share, row), (6, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(range(5), [COMPONENTS[name][0] for name in largest_last])
    axes.set_xlim(0, max(found.values()) / total * 1.2 or 1)
    axes.xaxis.set_visible(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return chart.svg()
