"""What the text of a level says of each operator: its lines, and what is around them.

A line says at its end which operator it is of. The loops and the group around it are
shown with it, functions and modules are not.
"""

import re
from collections import defaultdict
from textwrap import dedent
from typing import NamedTuple

LOCATION = re.compile(r' loc\("((?:[^"\\]|\\.)*)"\)$')
ESCAPE = re.compile(rb"\\(?:([0-9A-Fa-f]{2})|\\)")
AROUND = re.compile(r"\s*(?:%.*? = )?(?:tile\.group|aipu\.loop)\b")
"""What is shown around the lines that are in it."""


class _Open(NamedTuple):
    """What encloses lines, and by whose lines it was shown already."""

    line: str
    names: dict[str, None]


def excerpts(text: str) -> dict[str, str]:
    """By operator, what a text says of it.

    Args:
        text: a module as a package keeps it, an operation a line.
    """
    found: dict[str, list[str]] = defaultdict(list)
    enclosing: list[_Open] = []
    for line in text.splitlines():
        match = LOCATION.search(line)
        if enclosing and line.lstrip().startswith("}"):
            closed = enclosing.pop()
            for name in closed.names:
                found[name].append(LOCATION.sub("", line))
        elif line.endswith("{"):
            enclosing.append(_Open(line, {}))
        elif match:
            name = _unescaped(match[1])
            for each in enclosing:
                if AROUND.match(each.line) and name not in each.names:
                    each.names[name] = None
                    found[name].append(each.line)
            found[name].append(line[: match.start()])
    return {name: dedent("\n".join(lines)) for name, lines in found.items()}


def _unescaped(name: str) -> str:
    """What a string literal of MLIR stands for: some bytes are two digits in it."""
    data = ESCAPE.sub(
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"\\",
        name.encode(),
    )
    return data.decode(errors="replace")
