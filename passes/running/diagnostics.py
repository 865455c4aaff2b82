"""Comparing errors with the ones that a text announces, as MLIR's tests do.

    // expected-error@+1 {{the ifm has 3 channels}}
    %0 = nn.conv2d ...

The error must be about the line of the comment, or the line that `@+1`, `@-2`, `@above`
or `@below` names, and contain the words in braces; `@unknown` is about no line.
"""

import re
from dataclasses import dataclass

from ...errors import AipuError

EXPECTED = re.compile(
    r"//.*?expected-error\s*(?:@([+-]\d+|above|below|unknown))?\s*\{\{(.*?)\}\}"
)
NAMED_OFFSETS = {"": 0, "above": -1, "below": 1}


@dataclass(frozen=True)
class Diagnostic:
    """Words about a line, counted from 1, or about none."""

    line: int | None
    words: str

    def announces(self, error: "Diagnostic") -> bool:
        return self.line == error.line and self.words in error.words

    def __str__(self) -> str:
        return f"line {self.line or 'unknown'}: {self.words}"


def expected_diagnostics(text: str) -> list[Diagnostic]:
    """The errors that the comments of a text announce."""
    return [
        Diagnostic(_line(number, match[1] or ""), match[2])
        for number, line in enumerate(text.split("\n"), 1)
        for match in EXPECTED.finditer(line)
    ]


def diagnostic(error: AipuError) -> Diagnostic:
    """What an error says, and the line of its place, if that is a line."""
    line = re.search(r":(\d+):\d+$", error.place)
    return Diagnostic(int(line[1]) if line else None, error.message)


def compare(expected: list[Diagnostic], found: list[AipuError], name: str) -> None:
    """Check that exactly the expected errors were found.

    Raises:
        AipuError: an error was not announced, or an announced one did not appear.
    """
    missing = list(expected)
    complaints: list[str] = []
    for error in map(diagnostic, found):
        match = next((one for one in missing if one.announces(error)), None)
        if match is None:
            complaints.append(f"unexpected error on {error}")
        else:
            missing.remove(match)
    complaints += [f"expected error did not appear on {one}" for one in missing]
    if complaints:
        raise AipuError("\n  ".join(complaints), place=name)


def _line(number: int, offset: str) -> int | None:
    if offset == "unknown":
        return None
    steps = NAMED_OFFSETS.get(offset)
    return number + (int(offset) if steps is None else steps)
