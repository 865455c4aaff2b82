"""Comparing what was said with what a text announces, as MLIR's tests do.

    // expected-error@+1 {{the ifm has 3 channels}}
    // expected-note@+1 {{transpose it}}
    %0 = nn.conv2d ...
    // expected-warning-re {{no more than {{[0-9]+}} steps}}

What is said must be about the line of the comment, or the line that `@+1`, `@-2`,
`@above` or `@below` names, and contain the words in braces; `@unknown` is about no
line. Behind `-re`, what stands in braces within them is a regular expression. A note is
the remedy of an error: it need not be announced, as errors and warnings must.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...errors import AipuError

ERROR, WARNING, NOTE = "error", "warning", "note"

EXPECTED = re.compile(
    r"//.*?expected-(?P<kind>error|warning|note)(?P<regex>-re)?\s*"
    r"(?:@(?P<where>[+-]\d+|above|below|unknown))?\s*"
    r"\{\{(?P<words>(?:\{\{.*?\}\}|.)*?)\}\}"
)
INNER = re.compile(r"\{\{(.*?)\}\}")
NAMED_OFFSETS = {"": 0, "above": -1, "below": 1}


@dataclass(frozen=True)
class Diagnostic:
    """Words of a kind about a line, counted from 1, or about none.

    regex: whether what stands in braces within the words is a regular expression.
    """

    kind: str
    line: int | None
    words: str
    regex: bool = False

    def announces(self, found: "Diagnostic") -> bool:
        """Whether it is what was found."""
        if (self.kind, self.line) != (found.kind, found.line):
            return False
        if self.regex:
            return self.pattern().search(found.words) is not None
        return self.words in found.words

    def pattern(self) -> re.Pattern[str]:
        """The words as a regular expression.

        Raises:
            AipuError: they are none.
        """
        parts = INNER.split(self.words)
        text = "".join(
            part if number % 2 else re.escape(part) for number, part in enumerate(parts)
        )
        try:
            return re.compile(text)
        except re.error as error:
            message = f"not a regular expression: {error}: {self.words}"
            raise AipuError(message, place=f"line {self.line}") from None

    def __str__(self) -> str:
        return f"line {self.line or 'unknown'}: {self.words}"


def expected_diagnostics(text: str) -> list[Diagnostic]:
    """What the comments of a text announce."""
    return [
        Diagnostic(
            match["kind"],
            _line(number, match["where"] or ""),
            match["words"],
            bool(match["regex"]),
        )
        for number, line in enumerate(text.split("\n"), 1)
        for match in EXPECTED.finditer(line)
    ]


def diagnostics(
    errors: Iterable[AipuError], warnings: Iterable[tuple[str, str]] = ()
) -> list[Diagnostic]:
    """What errors say and advise, and what warnings say; these as place and words."""
    found: list[Diagnostic] = []
    for error in errors:
        line = _line_of(error.place)
        found.append(Diagnostic(ERROR, line, error.message))
        if error.remedy:
            found.append(Diagnostic(NOTE, line, error.remedy))
    return found + [
        Diagnostic(WARNING, _line_of(place), words) for place, words in warnings
    ]


def compare(
    expected: Sequence[Diagnostic], found: Sequence[Diagnostic], name: str
) -> None:
    """Check that exactly what is expected was found, but for notes.

    Raises:
        AipuError: something was not announced, or what was announced did not appear.
    """
    missing = list(expected)
    complaints: list[str] = []
    for each in found:
        match = next((one for one in missing if one.announces(each)), None)
        if match is not None:
            missing.remove(match)
        elif each.kind != NOTE:
            complaints.append(f"unexpected {each.kind} on {each}")
    complaints += [f"expected {one.kind} did not appear on {one}" for one in missing]
    if complaints:
        raise AipuError("\n  ".join(complaints), place=name)


def _line_of(place: str) -> int | None:
    """The line of a place, if that is one."""
    line = re.search(r":(\d+):\d+$", place)
    return int(line[1]) if line else None


def _line(number: int, offset: str) -> int | None:
    if offset == "unknown":
        return None
    steps = NAMED_OFFSETS.get(offset)
    return number + (int(offset) if steps is None else steps)
