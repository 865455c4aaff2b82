"""The page of results, section by section: each is written by a script of its own."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "results.md"


def section(title: str) -> str:
    """The text of a section; empty where there is none yet."""
    return next((each for each in _sections() if _is(each, title)), "")


def put(title: str, text: str) -> None:
    """Write a section, in the place of the one of its title, or at the end."""
    made = f"## {title}\n\n{text.strip()}\n"
    sections = _sections()
    if not any(_is(each, title) for each in sections):
        sections.append("")
    at = next(
        (n for n, each in enumerate(sections) if _is(each, title)), len(sections) - 1
    )
    sections[at] = made
    PAGE.write_text("\n".join(each.strip() + "\n" for each in sections))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of the page."""
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sections() -> list[str]:
    return re.split(r"^(?=## )", PAGE.read_text(), flags=re.MULTILINE)


def _is(text: str, title: str) -> bool:
    return text.startswith(f"## {title}\n")
