"""Errors that a text announces, against the errors that there are."""

import pytest

from aipu.errors import AipuError
from aipu.passes.running.diagnostics import (
    Diagnostic,
    compare,
    diagnostics,
    expected_diagnostics,
)

SEVEN = AipuError("the ifm has 3 channels", place="net.mlir:7:3")
ADVICE = AipuError("words", place="net.mlir:7:3", remedy="transpose it")


def said(
    line: int, words: str, kind: str = "error", *, regex: bool = False
) -> Diagnostic:
    return Diagnostic(kind, line, words, regex)


@pytest.mark.parametrize(
    ("offset", "line"),
    [("", 2), ("@+1", 3), ("@-1", 1), ("@above", 1), ("@below", 3), ("@unknown", None)],
)
def test_the_line_is_that_of_the_comment_or_near(offset: str, line: int | None) -> None:
    text = f"first\nsecond // expected-error{offset} {{{{words}}}}\nthird"
    assert expected_diagnostics(text) == [Diagnostic("error", line, "words")]


def test_two_may_stand_in_a_line() -> None:
    text = "x // expected-error {{a}} expected-error {{b}}"
    assert [one.words for one in expected_diagnostics(text)] == ["a"]
    text = "x // expected-error {{a}} // expected-error {{b}}"
    assert [one.words for one in expected_diagnostics(text)] == ["a", "b"]


def test_the_line_of_an_error_is_that_of_its_place() -> None:
    errors = [SEVEN, AipuError("words", place="conv1")]
    assert [each.line for each in diagnostics(errors)] == [7, None]


def test_exactly_the_expected_errors_pass() -> None:
    compare([said(7, "3 channels")], diagnostics([SEVEN]), "net.mlir")


@pytest.mark.parametrize(
    ("expected", "found", "complaint"),
    [
        ([], [SEVEN], "unexpected error on line 7: the ifm has 3 channels"),
        ([said(7, "x")], [], "expected error did not appear on line 7: x"),
        ([said(6, "3 channels")], [SEVEN], "unexpected error on line 7"),
        ([said(7, "4 channels")], [SEVEN], "did not appear on line 7"),
        ([said(7, "3 channels")], [SEVEN, SEVEN], "unexpected error"),
        ([said(7, "3 channels")] * 2, [SEVEN], "did not appear"),
    ],
)
def test_anything_else_is_an_error(
    expected: list[Diagnostic], found: list[AipuError], complaint: str
) -> None:
    with pytest.raises(AipuError, match=complaint):
        compare(expected, diagnostics(found), "net.mlir")


def test_kinds_are_told_apart() -> None:
    text = "\n".join(
        f"// expected-{kind} {{{{a}}}}" for kind in ("error", "warning", "note")
    )
    found = [(one.kind, one.line) for one in expected_diagnostics(text)]
    assert found == [("error", 1), ("warning", 2), ("note", 3)]


def test_a_remedy_is_a_note_that_may_be_announced() -> None:
    both = [said(7, "words"), said(7, "transpose", "note")]
    compare(both, diagnostics([ADVICE]), "net.mlir")
    compare(both[:1], diagnostics([ADVICE]), "net.mlir")
    with pytest.raises(AipuError, match="expected note did not appear on line 7"):
        compare([both[0], said(7, "reshape", "note")], diagnostics([ADVICE]), "n")


def test_warnings_must_be_announced() -> None:
    found = diagnostics([], [("net.mlir:3:1", "few steps")])
    compare([said(3, "steps", "warning")], found, "net.mlir")
    with pytest.raises(AipuError, match="unexpected warning on line 3: few steps"):
        compare([], found, "net.mlir")
    with pytest.raises(AipuError, match="unexpected warning on line 3"):
        compare([said(3, "steps")], found, "net.mlir")


def test_braces_hold_regular_expressions() -> None:
    (one,) = expected_diagnostics("// expected-error-re@+6 {{has {{[0-9]+}} channels}}")
    assert one == said(7, "has {{[0-9]+}} channels", regex=True)
    compare([one], diagnostics([SEVEN]), "net.mlir")
    with pytest.raises(AipuError, match="did not appear"):
        compare([said(7, "h.s", regex=True)], diagnostics([SEVEN]), "net.mlir")


def test_what_is_no_regular_expression_is_said() -> None:
    with pytest.raises(AipuError, match="not a regular expression"):
        compare([said(7, "{{(}}", regex=True)], diagnostics([SEVEN]), "net.mlir")
