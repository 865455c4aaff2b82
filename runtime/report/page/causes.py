"""Where the cycles of each layer go: a stacked bar per layer, a colour per cause."""

from ...figures.figures import Figures, Layer
from ..looks import CAUSES
from ..quantities import count, percent
from .chart import FAINT, LINES, SMALL_TYPE, WIDTH, Chart

LAYER = 14
"""Points of width that a layer needs for its name."""


def causes_chart(figures: Figures, clock_hz: int) -> str:
    """The layers in order; heights are milliseconds."""
    layers = figures.layers
    chart = Chart("causes", 420, width=max(WIDTH, LAYER * len(layers)))
    (axes,) = chart.axes
    below = [0.0] * len(layers)
    for cause, look in CAUSES.items():
        heights = [layer.cycles_by_cause[cause] / clock_hz * 1e3 for layer in layers]
        bars = axes.bar(
            range(len(layers)),
            heights,
            bottom=below,
            width=0.86,
            color=look.colour,
            label=look.name,
        )
        for layer, bar in zip(layers, bars, strict=True):
            chart.tip(bar, _tip(layer, cause))
        below = [a + b for a, b in zip(below, heights, strict=True)]
    axes.set_xlim(-0.7, len(layers) - 0.3)
    axes.set_ylabel("milliseconds")
    axes.grid(axis="y", color=FAINT)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0)
    names = [layer.name for layer in layers]
    axes.set_xticks(
        range(len(names)), names, rotation=90, fontsize=SMALL_TYPE, color=LINES
    )
    chart.legend(axes, len(CAUSES))
    return chart.svg()


def _tip(layer: Layer, cause: str) -> str:
    cycles = layer.cycles_by_cause[cause]
    return (
        f"{layer.name} ({layer.op} {layer.kernel})\n{CAUSES[cause].name}: "
        f"{count(cycles)} of {count(layer.cycles)} cycles, "
        f"{percent(cycles / layer.cycles)}"
    )
