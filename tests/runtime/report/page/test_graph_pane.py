"""The graph on the page: a node and an account for each operator, colours to choose."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from aipu import compile
from aipu.runtime.report.findings import Findings, findings
from aipu.runtime.report.graph.network import nodes_of
from aipu.runtime.report.html import html
from aipu.runtime.report.quantities import count
from aipu.tests.runtime.report.page.test_page import Balance
from aipu.tests.small_model import images, model_of, small_model

HOSTILE = "</svg></script><script>alert('\"&amp;é')</script>"


@pytest.fixture(scope="module")
def page(verified: Findings) -> str:
    return html(verified).decode()


@pytest.fixture(scope="module")
def drawing(page: str) -> ElementTree.Element:
    found = re.search(r'<svg class="net".*?</svg>', page, re.DOTALL)
    assert found is not None
    return ElementTree.fromstring(found[0])


def drawn(drawing: ElementTree.Element, mark: str) -> list[ElementTree.Element]:
    return [each for each in drawing.iter("g") if mark in each.get("class", "").split()]


def test_every_operator_has_a_node(
    drawing: ElementTree.Element, verified: Findings
) -> None:
    nodes = nodes_of(verified.levels["tile"])
    found = [each.get("data-name") for each in drawn(drawing, "node")]
    assert found == [node.name for node in nodes]
    hosts = [each.get("data-name") for each in drawn(drawing, "host")]
    assert hosts == [n.name for n in nodes if n.is_operator and n.place == "host"]


def test_nodes_are_in_the_drawing(drawing: ElementTree.Element) -> None:
    width, height = float(drawing.get("width", 0)), float(drawing.get("height", 0))
    for rect in drawing.iter("rect"):
        x, y, w, h = (float(rect.get(key, -1)) for key in ("x", "y", "width", "height"))
        assert x >= -0.5
        assert y >= -0.5
        assert x + w <= width + 0.6
        assert y + h <= height + 0.6


def told(page: str, name: str) -> str:
    """The account of an operator, without tags."""
    found = re.search(
        rf"<article[^>]*>\s*<h3>{re.escape(name)}</h3>.*?</article>", page, re.DOTALL
    )
    assert found is not None
    return unescape(re.sub(r"<[^>]*>", " ", found[0]))


def test_an_account_has_figures_and_the_text_of_each_level(
    page: str, verified: Findings
) -> None:
    for layer in verified.figures.layers:
        for piece in layer.operators:
            account = told(page, piece.name)
            assert f"{count(piece.cycles)}, " in account
            assert f"launch {layer.launch}, group {layer.name}" in account
            assert f"= nn.{piece.op} " in account
            assert f'tile.group "{layer.name}"' in account
    assert "aipu.mac.conv" in told(page, "first")
    assert "dB, cosine" in told(page, "first")


def test_an_account_of_the_host_says_why_and_how_long(page: str) -> None:
    account = told(page, "normal")
    assert "the machine has no nn.lrn" in account
    assert "an estimate" in account
    assert "nn.lrn" in account


def test_colours_can_be_chosen(page: str, drawing: ElementTree.Element) -> None:
    chosen = re.findall(r'name="graph-colour" value="(\w+)"', page)
    assert chosen == ["cycles", "bytes", "sqnr", "side"]
    machine, host = drawn(drawing, "machine"), drawn(drawing, "host")
    assert all("--side:#" in each.get("style", "") for each in machine)
    costing = [each for each in machine if each.get("data-name") != "flat"]
    for key in ("cycles", "bytes"):
        assert all(f"--{key}:#" in each.get("style", "") for each in costing)
    assert not any("--cycles" in each.get("style", "") for each in host)
    assert all("--side:#" in each.get("style", "") for each in host)
    for key in chosen:
        assert f'[value="{key}"]:checked) .node rect {{ fill: var(--{key}' in page
        assert f'<p class="legend of-{key}">' in page


def test_noise_is_that_of_the_build_s_samples() -> None:
    """Also of operators inside of a group, which a verification does not see."""
    built = findings(compile(small_model(), strategy="dp", calibration=images(8)))
    assert built.figures.accuracy is not None
    seen = {each.name: each for each in built.figures.accuracy.operators}
    inner = [o.name for g in built.figures.layers for o in g.operators[:-1]]
    assert inner
    assert set(inner) <= seen.keys()
    page = html(built).decode()
    for name in inner:
        assert f"SQNR  {seen[name].sqnr_db:.1f} dB, cosine" in told(page, name)


def test_without_samples_there_is_no_noise_to_choose() -> None:
    page = html(findings(compile(small_model()))).decode()
    assert 'value="sqnr"' not in page
    assert '<th class="n">SQNR' not in page


def test_names_are_only_names() -> None:
    model = model_of("Relu", [1, 64])
    model.graph.node[0].name = HOSTILE
    page = html(findings(compile(model))).decode()
    assert "<script>alert" not in page
    assert page.count("<script") == page.count("</script>") == 1
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    shown = [unescape(name) for name in re.findall(r'data-name="([^"]*)"', page)]
    assert HOSTILE in shown
    assert "= nn.requantise" in told(page, html_text(HOSTILE))


def html_text(name: str) -> str:
    """As it stands in a page."""
    for letter, word in (
        ("&", "amp"),
        ("<", "lt"),
        (">", "gt"),
        ("'", "#39"),
        ('"', "#34"),
    ):
        name = name.replace(letter, f"&{word};")
    return name


def test_a_network_that_only_hands_on_has_a_graph() -> None:
    page = html(findings(compile(model_of("Identity", [1, 64])))).decode()
    assert 'data-name="x"' in page
