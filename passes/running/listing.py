"""What passes and pipelines there are, for people and for programs."""

import sys
from collections.abc import Mapping, Sequence
from inspect import cleandoc
from json import dumps
from typing import TYPE_CHECKING

from xdsl.passes import ModulePass, get_pass_option_infos

from ..authoring.context import AipuContext
from ..authoring.promises import semantics_of
from ..pipelines import PIPELINES
from ..registry import Registry
from .options import spelled

if TYPE_CHECKING:
    from rich.table import Table

PASS_COLUMNS = ("name", "semantics", "summary")

PIPE_WIDTH = 160
"""Columns of a table that goes to a file or a program: a line a row."""


def list_passes(registry: Registry, *, json: bool) -> None:
    """Print every pass and every named pipeline, as tables or as JSON."""
    passes = [_describe(registry[name]()) for name in sorted(registry)]
    if json:
        pipelines = {
            name: [stage._asdict() for stage in stages]
            for name, stages in PIPELINES.items()
        }
        print(dumps({"passes": passes, "pipelines": pipelines}, indent=2))
    else:
        _print_tables(passes)


def list_dialects(*, json: bool) -> None:
    """Print every dialect with its operations, as a table or as JSON."""
    ctx = AipuContext()
    operations: dict[str, list[str]] = {}
    for name in sorted(ctx.registered_dialect_names):
        ctx.load_registered_dialect(name)
        dialect = next(each for each in ctx.loaded_dialects if each.name == name)
        operations[name] = sorted(op.name for op in dialect.operations)
    if json:
        print(dumps(operations, indent=2))
        return
    from rich.table import Table

    table = Table("dialect", "operations", box=None, pad_edge=False)
    for name, names in operations.items():
        table.add_row(name, " ".join(each.partition(".")[2] for each in names))
    _print(table)


def _print_tables(passes: Sequence[Mapping[str, object]]) -> None:
    from rich.table import Table

    described = Table("pass", "semantics", "what it does", box=None, pad_edge=False)
    for one in passes:
        described.add_row(*(str(one[column]) for column in PASS_COLUMNS))
    named = Table("pipeline", "stage", "reason", box=None, pad_edge=False)
    for name, stages in PIPELINES.items():
        for number, stage in enumerate(stages):
            named.add_row("" if number else name, stage.text, stage.reason)
    _print(described, named)


def _print(*tables: "Table") -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    for table in tables:
        table.header_style = "bold cyan"
        console.print(table, "")


def _describe(pass_class: type[ModulePass]) -> dict[str, object]:
    return {
        "name": pass_class.name,
        "semantics": semantics_of(pass_class).name,
        "summary": summary(pass_class),
        "options": [
            {
                "name": spelled(option.name),
                "type": option.expected_type,
                "default": option.default_value,
            }
            for option in get_pass_option_infos(pass_class)
        ],
    }


def summary(pass_class: type[ModulePass]) -> str:
    """The first line of what a pass, or else its file, says of itself."""
    generated = f"{pass_class.__name__}("
    text = vars(pass_class).get("__doc__") or generated
    if text.startswith(generated):
        text = sys.modules[pass_class.__module__].__doc__ or ""
    return cleandoc(text).split("\n", 1)[0]
