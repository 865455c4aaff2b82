"""The page of networks on both sides: a bar for each frame, as wide as it is long."""

import re

import pytest

from aipu.backend_aipu.board import load_board
from aipu.backend_aipu.machine import load_machine
from aipu.runtime.benchmarking.measure import BothSides, OnMachine
from aipu.runtime.benchmarking.on_this_computer import Measured
from aipu.runtime.benchmarking.processor import Processor
from aipu.runtime.benchmarking.published import Time
from aipu.runtime.report.benchmark.html import benchmark_html
from aipu.tests.runtime.report.page.test_page import Balance

FAST = BothSides(
    name="fast<b>",
    macs=10**9,
    machine=OnMachine(10.0, 8.0, 1.0, 1.0, 20_000_000),
    processor=Processor(100.0, 60.0, 90_000_000, 40_000_000, True, False),
    here=Measured(1, 25.0, 95_000_000, 0.5),
    published=[Time("AX630C", 1.2, 1, 200.0)],
    problems={},
)
LOST = BothSides(
    name="lost",
    macs=None,
    machine=None,
    processor=None,
    here=None,
    published=[],
    problems={"machine": "no such layer", "processor": "no such layer"},
)


@pytest.fixture(scope="module")
def page() -> str:
    machine, board = load_machine("r329"), load_board("maixsense")
    return benchmark_html([FAST, LOST], machine, board, boards=True).decode()


def test_bars_are_as_wide_as_frames_are_long(page: str) -> None:
    found = re.findall(r'class="bar (\w+)" style="width: ([\d.]+)%"', page)
    widths = [(kind, float(width)) for kind, width in found]
    full = widths[-1][1]
    expected = {"machine": 10, "here": 25, "published": 200}
    for kind, width in widths:
        if kind in expected:
            assert width / full == pytest.approx(expected[kind] / 200, rel=0.01)
    hosts = [width / full for kind, width in widths if kind == "host"]
    assert hosts == pytest.approx([0.5, 0.3], rel=0.01)


def test_who_does_not_fit_is_marked(page: str) -> None:
    assert page.count('class="room over"') == 2
    assert "ncnn fits with light options" in page
    assert "84.86 MB of CMA could go back to Linux" in page


def test_what_is_not_known_says_why(page: str) -> None:
    assert page.count("no such layer") == 3


def test_a_name_is_only_a_name(page: str) -> None:
    assert "fast&lt;b&gt;" in page
    assert "fast<b>" not in page


def test_tags_are_balanced_and_nothing_is_fetched(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert "//" not in page
