"""Errors that a text announces, against the errors that there are."""

import pytest

from aipu.errors import AipuError
from aipu.passes.running.diagnostics import (
    Diagnostic,
    compare,
    diagnostic,
    expected_diagnostics,
)

SEVEN = AipuError("the ifm has 3 channels", place="net.mlir:7:3")


@pytest.mark.parametrize(
    ("offset", "line"),
    [("", 2), ("@+1", 3), ("@-1", 1), ("@above", 1), ("@below", 3), ("@unknown", None)],
)
def test_the_line_is_that_of_the_comment_or_near(offset: str, line: int | None) -> None:
    text = f"first\nsecond // expected-error{offset} {{{{words}}}}\nthird"
    assert expected_diagnostics(text) == [Diagnostic(line, "words")]


def test_two_may_stand_in_a_line() -> None:
    text = "x // expected-error {{a}} expected-error {{b}}"
    assert [one.words for one in expected_diagnostics(text)] == ["a"]
    text = "x // expected-error {{a}} // expected-error {{b}}"
    assert [one.words for one in expected_diagnostics(text)] == ["a", "b"]


def test_the_line_of_an_error_is_that_of_its_place() -> None:
    assert diagnostic(SEVEN).line == 7
    assert diagnostic(AipuError("words", place="conv1")).line is None


def test_exactly_the_expected_errors_pass() -> None:
    compare([Diagnostic(7, "3 channels")], [SEVEN], "net.mlir")


@pytest.mark.parametrize(
    ("expected", "found", "complaint"),
    [
        ([], [SEVEN], "unexpected error on line 7: the ifm has 3 channels"),
        ([Diagnostic(7, "x")], [], "expected error did not appear on line 7: x"),
        ([Diagnostic(6, "3 channels")], [SEVEN], "unexpected error on line 7"),
        ([Diagnostic(7, "4 channels")], [SEVEN], "did not appear on line 7"),
        ([Diagnostic(7, "3 channels")], [SEVEN, SEVEN], "unexpected error"),
        ([Diagnostic(7, "3 channels")] * 2, [SEVEN], "did not appear"),
    ],
)
def test_anything_else_is_an_error(
    expected: list[Diagnostic], found: list[AipuError], complaint: str
) -> None:
    with pytest.raises(AipuError, match=complaint):
        compare(expected, found, "net.mlir")
