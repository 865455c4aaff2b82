"""Tables in a terminal: coloured, and not wider than it."""

from io import StringIO

import numpy as np
import pytest
from rich.console import Console, RenderableType
from rich.text import Text

from aipu.runtime.report.findings import Findings
from aipu.runtime.report.terminal.ladder import ladder_tables
from aipu.runtime.report.terminal.outputs import best_classes, scores_classes
from aipu.runtime.report.terminal.report import report_tables


def printed(*renderables: RenderableType, width: int) -> str:
    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=True,
        color_system="truecolor",
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(*renderables, sep="\n")
    return captured.get()


def plain(text: str) -> list[str]:
    return Text.from_ansi(text).plain.splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(verified: Findings, width: int) -> None:
    text = printed(*report_tables(verified, all_layers=True), width=width)
    assert max(len(line) for line in plain(text)) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_left_out_for_want_of_room(verified: Findings, width: int) -> None:
    text = "\n".join(plain(printed(*report_tables(verified), width=width)))
    assert "…" not in text
    assert f"{verified.figures.cycles:,}" in text
    assert all(f"{layer.cycles:,}" in text for layer in verified.figures.layers)


def test_a_terminal_has_colours(verified: Findings) -> None:
    assert "\x1b[" in printed(*report_tables(verified), width=80)


def test_the_verdict_is_told(verified: Findings) -> None:
    text = "\n".join(plain(printed(*report_tables(verified), width=120)))
    assert "4 of 4 layers bit-exact, and 3 of 3 other launches" in text


def test_names_are_never_markup(verified: Findings) -> None:
    assert verified.ladder is not None
    first, *others = verified.ladder.rungs
    renamed = verified.ladder._replace(
        rungs=[first._replace(name="[red]:smile:"), *others]
    )
    assert "[red]:smile:" in printed(*ladder_tables(renamed), width=80)


@pytest.mark.parametrize(
    ("shape", "is_classifier"),
    [
        ((1, 1000), True),
        ((4, 10), True),
        ((1, 10, 1, 1), True),
        ((1, 4), False),
        ((1, 3, 8, 8), False),
        ((10,), False),
    ],
)
def test_what_looks_like_a_classifier(
    shape: tuple[int, ...], is_classifier: bool
) -> None:
    assert scores_classes(np.zeros(shape)) is is_classifier


def test_the_best_classes_of_each_frame() -> None:
    scores = np.array([[0, 5, 1, 4, 2, 3], [9, 0, 0, 0, 0, 8]], np.float32)
    best = best_classes(scores)
    assert [score.number for score in best[0]] == [1, 3, 5, 4, 2]
    assert [score.number for score in best[1]] == [0, 5, 1, 2, 3]
    assert best[1][0].score == 9
