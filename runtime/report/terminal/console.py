"""The terminal: colours where a person looks, plain lines where a program reads."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper

import click
import msgspec
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

PLAIN_WIDTH = 10_000
"""Columns of what is no terminal: no line is ever broken."""


def show(*renderables: RenderableType) -> None:
    """Print on the standard output."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console(markup=False, highlight=False, emoji=False)
    if console.is_terminal:
        console.print(*renderables, sep="\n")
        return
    console.width = PLAIN_WIDTH
    with console.capture() as captured:
        console.print(*renderables, sep="\n")
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def show_json(value: object) -> None:
    """Print as JSON on the standard output; what is not finite becomes null."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def note(*lines: str) -> None:
    """Say something beside the result, on the standard error."""
    for line in lines:
        click.secho(f"aipu: {line}", dim=True, err=True)


def warn(*lines: str) -> None:
    """Say what is not right, on the standard error."""
    for line in lines:
        click.secho(f"aipu: warning: {line}", fg="yellow", err=True)


@contextmanager
def counting(
    doing: str,
) -> Iterator[tuple[Callable[[int, int], None], Callable[[int], None]]]:
    """A bar that fills: functions to say how much is done of how much, and how much
    more is. On the standard error, where that is a terminal.
    """
    console = Console(stderr=True, markup=False, highlight=False)
    columns = (
        TextColumn(doing, markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(doing, total=None)

        def begin(done: int, count: int) -> None:
            bar.update(task, completed=done, total=count)

        def more(count: int) -> None:
            bar.advance(task, count)

        yield begin, more


@contextmanager
def working(doing: str) -> Iterator[None]:
    """A moving bar and the time, on the standard error, where that is a terminal."""
    console = Console(stderr=True, markup=False, highlight=False)
    columns = TextColumn(doing, markup=False), BarColumn(), TimeElapsedColumn()
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        bar.add_task(doing, total=None)
        yield


def one_by_one(names: Iterable[str], doing: str) -> Iterator[str]:
    """Names, one at a time, with a bar of how many are done, as `working` shows it."""
    names = list(names)
    console = Console(stderr=True, markup=False, highlight=False)
    columns = TextColumn("{task.description}", markup=False), BarColumn()
    done = TextColumn("{task.completed} of {task.total}", markup=False)
    hidden = not console.is_terminal
    with Progress(
        *columns,
        done,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=hidden,
    ) as bar:
        task = bar.add_task(doing, total=len(names))
        for name in names:
            bar.update(task, description=f"{doing} {name}")
            yield name
            bar.advance(task)
