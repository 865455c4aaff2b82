"""What passes and pipelines there are, for people and for programs."""

import sys
from collections.abc import Mapping, Sequence
from inspect import cleandoc
from json import dumps

from xdsl.passes import ModulePass, get_pass_option_infos

from ..authoring.promises import semantics_of
from ..pipelines import PIPELINES
from ..registry import Registry
from .options import spelled

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


def _print_tables(passes: Sequence[Mapping[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    described = Table("pass", "semantics", "what it does", box=None, pad_edge=False)
    for one in passes:
        described.add_row(*(str(one[column]) for column in PASS_COLUMNS))
    named = Table("pipeline", "stage", "reason", box=None, pad_edge=False)
    for name, stages in PIPELINES.items():
        for number, stage in enumerate(stages):
            named.add_row("" if number else name, stage.text, stage.reason)
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    for table in (described, named):
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
