"""A page of the documentation as its fenced blocks.

What a block is follows from the words behind its fence:

    console         `$ command` lines, each with what comes back; `...` stands for
                    anything, in a line or for whole lines
    python          code that runs
    pycon           `>>>` lines, each with what comes back (as in doctest)
    LANGUAGE FILE   the content of a file: of the repository, or one to be made
    else            for the eye
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<words>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.S)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is what it is the content of, if anything."""

    language: str
    file: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command of a console block, and what comes back, as the page shows it."""

    line: str
    shown: str


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for fence in FENCE.finditer(page):
        language, _, file = fence["words"].partition(" ")
        line = page.count("\n", 0, fence.start()) + 1
        yield Block(language, file.strip(), fence["text"], line)


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    head, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not head, f"line {block.line}: a console block begins with '$ '"
    for part in parts:
        line, _, shown = part.partition("\n")
        yield Command(line, shown)


def agrees(shown: str, found: str) -> bool:
    """Whether a text is as shown, where `...` stands for anything."""
    whole_lines = re.sub(r"^\.\.\.\n", "\0", plain(shown), flags=re.MULTILINE)
    pattern = re.escape(whole_lines).replace("\0", r"(?:.*\n)*?")
    return bool(re.fullmatch(pattern.replace(r"\.\.\.", ".*?"), plain(found)))


def first_difference(shown: str, found: str) -> str:
    """The first line of what is shown that does not come back in its place."""
    lines = plain(shown).splitlines()
    for count, line in enumerate(lines, start=1):
        if not agrees("\n".join([*lines[:count], "..."]), found):
            return line
    return "the end"


def plain(text: str) -> str:
    """A text without blanks at the ends of lines, and with one line end at its end."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def links(page: str) -> list[str]:
    """The targets of the links and pictures of a page, blocks left out."""
    return [link["target"] for link in LINK.finditer(FENCE.sub("", page))]


def anchors(page: str) -> set[str]:
    """What a link to a heading of a page may say behind the `#`."""
    titles = [heading["title"] for heading in HEADING.finditer(FENCE.sub("", page))]
    return {anchor(title) for title in titles}


def anchor(title: str) -> str:
    """A heading as in a link: lower case, words joined by hyphens."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def pages(root: Path) -> list[Path]:
    """Every page of the repository that people read."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]
