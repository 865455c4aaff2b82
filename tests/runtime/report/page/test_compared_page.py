"""The page of two packages: their figures, the operators that differ, both graphs."""

import re

import pytest
from msgspec.structs import replace

from aipu import compile
from aipu.runtime.report.findings import Findings, findings
from aipu.runtime.report.graph.built import Known
from aipu.runtime.report.graph.differences import differences
from aipu.runtime.report.html import compared_html
from aipu.tests.runtime.report.page.test_page import Balance
from aipu.tests.small_model import images, small_model

NAMES = ("layer <by> layer", "together")


@pytest.fixture(scope="module")
def packages() -> list[Findings]:
    return [
        findings(compile(small_model(), strategy=strategy, calibration=images(8)))
        for strategy in ("layerwise", "dp")
    ]


@pytest.fixture(scope="module")
def page(packages: list[Findings]) -> str:
    return compared_html(NAMES, packages).decode()


def test_tags_are_balanced_and_names_escaped(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert "layer &lt;by&gt; layer" in page
    assert "<by>" not in page
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids)) == 2


def test_there_are_two_graphs_of_all_operators(
    page: str, packages: list[Findings]
) -> None:
    graphs = re.findall(r'<svg class="net".*?</svg>', page, re.DOTALL)
    shown = [re.findall(r'data-name="([^"]*)"', graph) for graph in graphs]
    assert shown == [[node.name for node in Known(each).nodes] for each in packages]


def test_whatever_differs_has_a_row_the_largest_change_first(
    page: str, packages: list[Findings]
) -> None:
    found = differences(*map(Known, packages))
    table = page[page.index("<h2>Operators that differ</h2>") :]
    rows = re.findall(r"<tr><td>(.*?)<td>(.*?)<td", table)
    assert dict(rows) == {
        name: ", ".join(each.kinds) for name, each in found.items() if each.kinds
    }
    changes = [abs(found[name].cycles) for name, _ in rows]
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > 0


def test_figures_that_differ_are_marked(page: str) -> None:
    rows = re.findall(r'<tr( class="differs")?><td class="name">(.*?)<', page)
    marked = {name for mark, name in rows if mark}
    assert {"strategy", "cycles"} <= marked
    assert not {"target", "batch", "MACs"} & marked


def test_what_is_alike_has_no_rows(packages: list[Findings]) -> None:
    first = packages[0]
    again = first._replace(figures=replace(first.figures, model="again"))
    page = compared_html(("one", "again"), [first, again]).decode()
    assert "0 differ" in page
    assert "<th>differs in" not in page


def test_a_side_that_changes_is_shown() -> None:
    first, second = (
        findings(compile(small_model(), calibration=images(8), host=host))
        for host in ((), ("depth",))
    )
    page = compared_html(("all", "less"), [first, second]).decode()
    (row,) = re.findall(r"<tr><td>depth<.*?</tr>", page)
    assert '<td class="word">machine → host<' in row
