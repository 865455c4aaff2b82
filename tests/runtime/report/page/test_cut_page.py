"""The page of a network that would be cut: each operator by side, in its segment."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from aipu.runtime.building.driver import Options
from aipu.runtime.inspecting.cutting import Cut, cut
from aipu.runtime.report.graph.colours import SIDES
from aipu.runtime.report.graph.cut import cut_picture
from aipu.runtime.report.html import cut_html
from aipu.runtime.report.speed import milliseconds
from aipu.tests.runtime.report.page.test_page import Balance
from aipu.tests.small_model import save, small_model


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    model = save(small_model(), tmp_path_factory.mktemp("cut") / "small.onnx")
    return cut(model, Options(), mode="rules")


@pytest.fixture(scope="module")
def page(found: Cut) -> str:
    return cut_html(found).decode()


def test_operators_read_what_the_model_says(found: Cut) -> None:
    reads = {each.name: list(each.reads) for each in found.operators}
    assert reads["depth"] == ["first"]
    assert sorted(reads["sum"]) == ["depth", "first"]
    assert reads["normal"] == ["sum"]
    assert [n for each in reads.values() for n in each if n not in reads] == ["image"]


def test_every_operator_is_in_a_segment_of_its_side(found: Cut) -> None:
    places = {segment.name: segment.place for segment in found.segments}
    for segment in found.segments:
        inside = [each for each in found.operators if each.segment == segment.name]
        assert len(inside) == segment.operators
    assert all(each.place == places[each.segment] for each in found.operators)


def test_every_operator_is_drawn_in_the_colour_of_its_side(
    page: str, found: Cut
) -> None:
    drawing = re.search(r'<svg class="net".*?</svg>', page, re.DOTALL)
    assert drawing is not None
    nodes = [
        each
        for each in ElementTree.fromstring(drawing[0]).iter("g")
        if "node" in each.get("class", "")
    ]
    styles = {each.get("data-name", ""): each.get("style", "") for each in nodes}
    assert list(styles) == ["image", *(each.name for each in found.operators)]
    assert "--side" not in styles["image"]
    for each in found.operators:
        assert f"--side:{SIDES[each.place]};" in styles[each.name]
        assert ("--machine:" in styles[each.name]) == (each.machine_ms is not None)
    assert {each.place for each in found.operators} == {"machine", "host"}


def test_segments_are_the_frames(found: Cut) -> None:
    picture = cut_picture(found)
    headings = [name for name, _ in picture.frames]
    assert headings == [
        f"{number}: {segment.place}, {milliseconds(segment.ms)}"
        for number, segment in enumerate(found.segments)
        if segment.operators
    ]


def test_a_click_tells_times_and_reason(page: str, found: Cut) -> None:
    accounts = re.findall(r"<article.*?</article>", page, re.DOTALL)
    for operator, account in zip(found.operators, accounts[1:], strict=True):
        text = unescape(re.sub(r"<[^>]*>", " ", account))
        assert operator.name in text
        assert operator.reason in text
        assert milliseconds(operator.host_ms) in text
        assert milliseconds(operator.machine_ms) in text


def test_tags_are_balanced_and_nothing_is_fetched(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert "//" not in page.replace("<!DOCTYPE html>", "")


def test_every_mode_has_a_row(page: str, found: Cut) -> None:
    for each in found.modes:
        marked = ' class="differs"' if each.mode == "rules" else ""
        row = (
            f'<tr{marked}><td>{each.mode}<td class="n">{milliseconds(each.latency_ms)}'
        )
        assert row in page
