"""Write operators.md, what models may use, from the tables that say so.

python docs/generate_operators.py
"""

from collections.abc import Iterator
from pathlib import Path

from aipu.runtime.inspecting.operator_support import (
    BESIDES,
    FRONTENDS,
    nn_operators,
    operators_of_format,
)

FOLDER = Path(__file__).parent
INTRODUCTION = """\
# The operators

<!-- Written by docs/generate_operators.py from the tables of the compiler. -->

What the operators of a model become in the `nn` dialect, and where those run: on the
array, on the vector unit with what moves data, or on the host, in float. `aipu ops
FORMAT` prints a table of this page, `aipu inspect MODEL` says it of one model."""


def operators_page() -> str:
    """The whole page."""
    lines = [INTRODUCTION, "", "## nn", ""]
    lines += ["| operator | runs on | if | computes |", "|---|---|---|---|"]
    lines += [
        f"| `{each.name}` | {each.runs_on} | {each.limits} | {_cell(each.meaning)} |"
        for each in nn_operators()
    ]
    for name, title in FRONTENDS.items():
        lines += _section(name, title)
    return "\n".join(lines) + "\n"


def _section(name: str, title: str) -> Iterator[str]:
    yield from (
        "",
        f"## {title}",
        "",
        *([BESIDES[name], ""] if name in BESIDES else []),
        "| operator | becomes | runs on |",
        "|---|---|---|",
    )
    for each in operators_of_format(name):
        yield f"| `{each.name}` | {', '.join(each.becomes)} | {each.runs_on} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    (FOLDER / "operators.md").write_text(operators_page())
