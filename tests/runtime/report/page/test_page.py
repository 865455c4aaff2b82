"""The page says what the profile says, whole and without anything outside of it."""

import re
from html import escape
from html.parser import HTMLParser
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from aipu import compile
from aipu.runtime.report.findings import Findings, findings
from aipu.runtime.report.html import html
from aipu.runtime.report.looks import CAUSES
from aipu.runtime.report.page.causes import causes_chart
from aipu.runtime.report.page.chart import is_wide
from aipu.runtime.report.quantities import count, percent
from aipu.runtime.report.speed import milliseconds
from aipu.runtime.report.tree import tree, tree_rows
from aipu.tests.small_model import images, model_of, small_model

CHARTS = {"causes", "roofline", "memory", "energy", "engines"}
VOID = {"meta", "br", "img", "link", "hr", "input"}
OPTIONAL_END = {"td", "th", "tr"}


@pytest.fixture(scope="module")
def page(verified: Findings) -> str:
    return html(verified).decode()


@pytest.fixture(scope="module")
def charts(page: str) -> dict[str, ElementTree.Element]:
    """The drawings by name."""
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    parsed = [ElementTree.fromstring(drawing) for drawing in drawings]
    names = [re.search(r'id="(\w+)-figure_1"', drawing) for drawing in drawings]
    return {name[1]: chart for name, chart in zip(names, parsed, strict=True) if name}


def tips(chart: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in chart.iter() if each.tag.endswith("title")]


class Balance(HTMLParser):
    """Complains of an end tag that closes nothing, or the wrong element."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID | OPTIONAL_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in OPTIONAL_END:
            assert self.open.pop() == tag


def test_tags_are_balanced(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []


def test_nothing_is_fetched(page: str) -> None:
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>', "", page)
    without_text = re.sub(r"<pre>.*?</pre>", "", without_names, flags=re.DOTALL)
    assert "//" not in re.sub(r"/\*.*?\*/", "", without_text)
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*>", page) == ["<script>"]


def test_no_two_elements_have_one_id(page: str) -> None:
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'(?:href="#|url\(#)([^")]*)', page)
    assert set(links) <= set(ids)


def test_all_charts_are_there(charts: dict[str, ElementTree.Element]) -> None:
    assert set(charts) == CHARTS


def test_the_headline(page: str, verified: Findings) -> None:
    figures = verified.figures
    assert f"<b>{figures.fps:.2f}</b><span>frames a second" in page
    assert count(figures.cycles) in page
    assert "4 of 4 layers bit-exact, and 3 of 3 other launches" in page
    assert escape(percent(figures.utilisation)) in page


def test_the_machine_alone_is_a_figure_of_its_own(
    page: str, verified: Findings
) -> None:
    alone = f"<b>{verified.figures.machine_fps:.2f}</b><span>frames a second, machine"
    assert f"{alone} alone" in page
    assert "host and crossings are estimates" in page


def test_every_segment_and_crossing_has_a_row(page: str, verified: Findings) -> None:
    for each in verified.figures.segments:
        time = escape(milliseconds(each.ms))
        row = f'<td>{each.place}<td class="n">{each.operators}<td class="n">{time}<td>'
        assert row in page
    for each in verified.figures.crossings:
        assert f"<tr><td>{each.tensor}<td>{each.to}<td" in page


def test_a_target_without_a_host_is_the_machine_only() -> None:
    package = compile(small_model(), target="tpu-256x256", calibration=images(8))
    page = html(findings(package)).decode()
    assert page.count("frames a second") == 1
    assert "frames a second, machine only" in page
    assert "its time is not counted" in page


def test_letters_are_never_smaller_than_ten_pixels(
    page: str, charts: dict[str, ElementTree.Element]
) -> None:
    """A point of a drawing is a pixel of the page, which scrolls it, and says so."""
    for chart in charts.values():
        assert chart.get("viewBox") == f"0 0 {chart.get('width')} {chart.get('height')}"
    sizes = re.findall(r"font(?:-size)?: ?(\d+)px", page[page.index("<svg") :])
    assert sizes
    assert min(map(int, sizes)) >= 10
    assert page.count('<p class="hint">') == len(CHARTS) + 1


def test_a_drawing_of_many_layers_is_wider_than_the_page(verified: Findings) -> None:
    figures = replace(verified.figures, layers=verified.figures.layers * 20)
    wide = causes_chart(figures, verified.machine.clock_hz)
    assert is_wide(wide)
    assert 'width="1960"' in wide
    assert not is_wide(causes_chart(verified.figures, verified.machine.clock_hz))


def test_every_layer_has_a_row(page: str, verified: Findings) -> None:
    table = page[page.index("<h2>Layers</h2>") :]
    for layer in verified.figures.layers:
        row = re.search(rf'<tr class="d0"><td>{layer.name}<.*?</tr>', table, re.DOTALL)
        assert row is not None
        assert f">{count(layer.cycles)}<" in row[0]


def test_operators_stand_below_their_groups_and_those_below_their_launch() -> None:
    package = compile(small_model(), strategy="dp", calibration=images(8))
    found = findings(package)
    page = html(found).decode()
    rows = re.findall(r'<tr class="d(\d) ?(?:sum)?"><td>([^<]*)<', page)
    expected = [
        (str(row.depth), row.part.name)
        for row in tree_rows(tree(found.figures.layers, found.machine))
    ]
    assert rows == expected
    deepest = max(int(depth) for depth, _ in rows)
    assert deepest > 0
    assert page.count('type="radio" name="depth"') == deepest + 1


def test_every_cause_of_every_layer_is_a_mark(
    charts: dict[str, ElementTree.Element], verified: Findings
) -> None:
    expected = [
        f"{layer.name} ({layer.op} {layer.kernel})\n{look.name}: "
        f"{count(layer.cycles_by_cause[cause])} of {count(layer.cycles)} cycles, "
        f"{percent(layer.cycles_by_cause[cause] / layer.cycles)}"
        for cause, look in CAUSES.items()
        for layer in verified.figures.layers
    ]
    assert tips(charts["causes"]) == expected


def test_every_layer_that_multiplies_is_a_dot(
    charts: dict[str, ElementTree.Element], verified: Findings
) -> None:
    names = {tip.split(" ")[0] for tip in tips(charts["roofline"])}
    assert names == {layer.name for layer in verified.figures.layers if layer.macs}


def test_no_dot_is_above_the_roof(charts: dict[str, ElementTree.Element]) -> None:
    shares = re.findall(r"([\d.]+) % of the roof", "".join(tips(charts["roofline"])))
    assert len(shares) == len(tips(charts["roofline"]))
    assert max(map(float, shares)) <= 100


def test_a_name_with_signs_of_html_is_only_a_name(verified: Findings) -> None:
    figures = replace(verified.figures, model="<script>alert(1)</script>")
    page = html(verified._replace(figures=figures)).decode()
    assert "<script>alert" not in page


def test_a_network_for_the_host_only() -> None:
    page = html(findings(compile(model_of("Softmax", [1, 10])))).decode()
    assert "the machine runs nothing of this network" in page
    assert page.count("<svg") == page.count('<svg class="net"') == 1


def test_a_network_without_multiplications_has_a_page() -> None:
    """matplotlib complains of a legend without names, on the user's terminal."""
    package = compile(model_of("Relu", [1, 64]))
    with catch_warnings():
        simplefilter("error")
        assert "the Relu" in html(findings(package)).decode()
