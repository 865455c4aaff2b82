"""The engines during one layer: when each works, and what nobody computes for."""

from collections.abc import Sequence

from ....dialects.aipu import Engine
from ....errors import AipuError, nearest
from ...figures.figures import Figures
from ...simulator.simulator import PreparedEntry
from ...simulator.stream import Work
from ..looks import CAUSES, ENGINE_LOOKS
from ..quantities import count
from ..waiting import waiting
from .chart import FAINT, Chart

HEIGHT = 0.66
WAITING_ROW = len(ENGINE_LOOKS)


def slowest(figures: Figures) -> str:
    """The name of the layer that takes the most time."""
    return max(figures.layers, key=lambda layer: layer.cycles).name


def engines_chart(entries: Sequence[PreparedEntry], layer: str) -> str:
    """The instructions of a layer on their engines, cycles counted from its beginning.

    Raises:
        AipuError: there is no such layer.
    """
    prepared, number, work = _find(entries, layer)
    chart = Chart("engines", 250)
    (axes,) = chart.axes
    begin = int(prepared.timeline.begins[number])
    for row, engine in enumerate(ENGINE_LOOKS):
        _engine(chart, row, engine, prepared, work, begin)
    _waiting(chart, prepared, layer, begin)
    names = [look.name for look in ENGINE_LOOKS.values()]
    axes.set_yticks(range(len(names) + 1), [*names, "waiting"])
    axes.set_ylim(WAITING_ROW + 0.6, -0.6)
    axes.set_xlim(0, int(prepared.timeline.ends[number]) - begin)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("cycles from its beginning")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT)
    return chart.svg()


def _engine(
    chart: Chart,
    row: int,
    engine: Engine,
    prepared: PreparedEntry,
    work: Work,
    begin: int,
) -> None:
    """A box for each instruction; those of a mnemonic share a tip."""
    for mnemonic, bars in _bars(prepared, work, engine).items():
        marks = chart.axes[0].broken_barh(
            [(start - begin, cycles) for start, cycles in bars],
            (row - HEIGHT / 2, HEIGHT),
            facecolor=ENGINE_LOOKS[engine].colour,
            edgecolor="white",
            linewidth=0.3,
        )
        total = sum(cycles for _, cycles in bars)
        chart.tip(marks, f"{mnemonic}: {len(bars)} times, {count(total)} cycles in all")


def _waiting(chart: Chart, prepared: PreparedEntry, layer: str, begin: int) -> None:
    for each in waiting(prepared.profile):
        if each.layer != layer:
            continue
        look, cycles = CAUSES[each.cause], each.end - each.start
        marks = chart.axes[0].broken_barh(
            [(each.start - begin, cycles)],
            (WAITING_ROW - HEIGHT / 2, HEIGHT),
            facecolor=look.colour,
        )
        chart.tip(marks, f"{look.name}: {count(cycles)} cycles")


def _find(
    entries: Sequence[PreparedEntry], layer: str
) -> tuple[PreparedEntry, int, Work]:
    works = {
        work.name: (prepared, number, work)
        for prepared in entries
        for number, work in enumerate(prepared.stream.works)
    }
    if layer not in works:
        raise AipuError(f"no layer '{layer}'", remedy=nearest(layer, works))
    return works[layer]


def _bars(
    prepared: PreparedEntry, work: Work, engine: Engine
) -> dict[str, list[tuple[int, int]]]:
    """Start and cycles of a work's instructions on an engine, by mnemonic."""
    stream, timeline = prepared.stream, prepared.timeline
    mnemonics: dict[str, list[tuple[int, int]]] = {}
    for instance in range(work.start, work.stop):
        issue = stream.issues[stream.issue_of[instance]]
        start, end = int(timeline.start[instance]), int(timeline.end[instance])
        if issue.engine is engine and end > start:
            bars = mnemonics.setdefault(issue.spec.mnemonic, [])
            bars.append((start, end - start))
    return mnemonics
