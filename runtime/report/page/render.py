"""The page: figures and charts put into the template."""

from collections.abc import Iterator

from markupsafe import Markup

from ...figures.figures import Figures
from ..bounds import distances
from ..caveats import caveats
from ..findings import Findings
from ..graph.built import built_picture
from ..known_seams import known_seams
from ..looks import CAUSES
from ..noise import noise
from ..quantities import count, decimals, percent, quantity, ratio
from ..speed import ESTIMATES, PIPED, milliseconds, parts, simulated_or_not, span
from ..tree import tree, tree_rows
from .causes import causes_chart
from .chart import chart_style, is_wide
from .energy import energy_chart
from .engines import engines_chart, slowest
from .memory import memory_chart
from .roofline import roofline_chart
from .templates import template

FILTERS = (
    quantity,
    count,
    percent,
    ratio,
    decimals,
    milliseconds,
    simulated_or_not,
    span,
    is_wide,
)


def render(findings: Findings, layer: str | None = None) -> str:
    """The whole page.

    Args:
        findings: what it shows.
        layer: whose engines are shown one by one; without, the slowest.

    Raises:
        AipuError: there is no such layer.
    """
    figures = findings.figures
    chosen = layer if layer is not None or not figures.layers else slowest(figures)
    parts_by_depth = list(tree_rows(tree(figures.layers, findings.machine)))
    return template("page.html", FILTERS).render(
        figures=figures,
        manifest=findings.manifest,
        machine=findings.machine,
        ladder=findings.ladder,
        noise=noise(findings),
        caveats=list(caveats(figures)),
        distances=list(distances(figures)),
        parts=parts(figures),
        seams=known_seams(figures),
        estimates=ESTIMATES,
        piped=PIPED,
        causes=CAUSES,
        total=dict(_by_cause(figures)),
        rows=parts_by_depth,
        depth=max((row.depth for row in parts_by_depth), default=0),
        longest=max((each.cycles for each in figures.layers), default=1),
        chosen=chosen,
        charts=_charts(findings, chosen) if chosen is not None else {},
        graph=built_picture(findings),
    )


def _by_cause(figures: Figures) -> Iterator[tuple[str, int]]:
    """The cycles of all layers by cause."""
    for cause in CAUSES:
        yield cause, sum(layer.cycles_by_cause[cause] for layer in figures.layers)


def _charts(findings: Findings, layer: str) -> dict[str, Markup]:
    figures, machine = findings.figures, findings.machine
    with chart_style():
        charts = {
            "causes": causes_chart(figures, machine.clock_hz),
            "roofline": roofline_chart(figures, machine),
            "memory": memory_chart(findings),
            "energy": energy_chart(figures),
            "engines": engines_chart(findings.entries, layer),
        }
    return {name: Markup(svg) for name, svg in charts.items()}
