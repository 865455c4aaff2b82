"""A commented start of a pass or an operator of a user's own, with its test."""

import re
from pathlib import Path

from ..errors import AipuError
from ..passes.authoring.context import DIALECTS
from ..passes.pipelines import PIPELINES
from ..passes.registry import PASSES
from ..whole_file import whole_file

KINDS = ("pass", "operator")
PASS_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
OPERATOR_NAME = re.compile(
    r"((?P<dialect>[a-z]\w*)\.)?(?P<name>[a-z][a-z0-9]*(_[a-z0-9]+)*)"
)


def write_start(kind: str, name: str, folder: Path) -> list[Path]:
    """Write a start and its test into a folder; return both.

    Args:
        kind: one of `KINDS`.
        name: of a pass, `cap-relu`; or of an operator, `cube` or `mine.cube`.
        folder: where no files of their names are.

    Raises:
        AipuError: it cannot have that name, or a file is there.
    """
    words = _words_of_pass(name) if kind == "pass" else _words_of_operator(name)
    written = {
        folder / f"{words['file']}.py": f"start_{kind}.txt",
        folder / f"test_{words['file']}.py": f"start_{kind}_test.txt",
    }
    for path in written:
        if path.exists():
            raise AipuError(
                "exists already", place=str(path), remedy="give another name"
            )
    for path, start in written.items():
        text = Path(__file__).with_name(start).read_text("utf-8")
        with whole_file(path) as beside:
            beside.write_text(text.format(**words), encoding="utf-8")
    return [*written]


def _words_of_pass(name: str) -> dict[str, str]:
    if not PASS_NAME.fullmatch(name):
        raise AipuError(
            f"a pass cannot be called '{name}'",
            remedy="lower-case words with hyphens between them: cap-relu",
        )
    if name in (*PASSES, *PIPELINES):
        raise AipuError(f"a pass '{name}' exists already", remedy="give another name")
    return {"name": name, "file": name.replace("-", "_"), "title": _title(name, "-")}


def _words_of_operator(name: str) -> dict[str, str]:
    found = OPERATOR_NAME.fullmatch(name)
    if found is None:
        raise AipuError(
            f"an operator cannot be called '{name}'",
            remedy="lower-case words with underscores between them, behind a dialect "
            "if it is not `mine`: cube, acme.cube",
        )
    dialect = found["dialect"] or "mine"
    if dialect in DIALECTS:
        raise AipuError(
            f"the dialect '{dialect}' is the compiler's own",
            remedy="name one of yours: mine.cube",
        )
    return {
        "dialect": dialect,
        "file": found["name"],
        "title": _title(found["name"], "_"),
    }


def _title(name: str, between: str) -> str:
    """`CapRelu`."""
    return "".join(word.capitalize() for word in name.split(between))
