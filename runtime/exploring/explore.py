"""Carrying a sweep out: what was done before is done, and every row is kept.

A folder holds it:

    rows/           a file for each row, by its key
    explore.csv     the table
    explore.json    the same
    pareto.svg      a picture of it
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import Path

import msgspec
from msgspec import structs

from ..files import write_file
from .pareto import picture
from .sweep import Point, Sweep, Task
from .workers import on_a_cluster, on_this_computer

ROWS = "rows"


def explored(
    sweep: Sweep,
    folder: Path,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    begin: Callable[[int, int], object] = lambda done, count: None,
    say: Callable[[int], object] = lambda count: None,
) -> list[Point]:
    """All rows of a sweep, in its order.

    Args:
        sweep: what is tried.
        folder: where rows are kept, of other sweeps, too.
        jobs: how many processes of this computer take part.
        cluster: the address of a Dask scheduler, to let its workers do it.
        begin: told how many rows are there, and how many there will be.
        say: told how many more are there.

    Raises:
        AipuError: something of the sweep is not there, or no cluster; or the folder
            cannot be written to.
    """
    tasks = list(sweep.tasks())
    known = {way.key: _kept(folder, way.key) for task in tasks for way in task.ways}
    found = {key: each for key, each in known.items() if each is not None}
    begin(len(found), len(known))
    left = list(_left(tasks, found))
    (folder / ROWS).mkdir(parents=True, exist_ok=True)
    done = on_a_cluster(left, cluster) if cluster else on_this_computer(left, jobs)
    for _, rows, same in done if left else ():
        for each in rows:
            found[each.key] = each
            if same:
                write_file(_file(folder, each.key), msgspec.json.encode(each))
        say(len(rows))
    table = [_of(task, found[way.key]) for task in tasks for way in task.ways]
    write_file(folder / "explore.json", json_table(table))
    write_file(folder / "explore.csv", csv_table(table))
    write_file(folder / "pareto.svg", picture(table).encode())
    return table


def json_table(rows: Sequence[Point]) -> bytes:
    """A table as JSON."""
    return msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n"


def csv_table(rows: Sequence[Point]) -> bytes:
    """A table as CSV: a column for each number of a target that is set."""
    settings = list(dict.fromkeys(key for row in rows for key, _ in row.settings))
    names = [
        each for each in Point.__struct_fields__ if each not in ("key", "settings")
    ]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, *settings])
    for row in rows:
        values = [getattr(row, name) for name in names]
        own = dict(row.settings)
        writer.writerow(
            ["" if each is None else each for each in values]
            + [own.get(key, "") for key in settings]
        )
    return text.getvalue().encode()


def _left(tasks: Sequence[Task], found: dict[str, Point]) -> Iterator[Task]:
    """What is not done yet of each task."""
    for task in tasks:
        ways = tuple(way for way in task.ways if way.key not in found)
        if ways:
            yield structs.replace(task, ways=ways)


def _of(task: Task, row: Point) -> Point:
    """A row that may be kept from a file of another name that holds the same."""
    return structs.replace(
        row,
        model=Path(task.model).name,
        target=task.target,
        settings=task.settings,
    )


def _file(folder: Path, key: str) -> Path:
    return folder / ROWS / f"{key}.json"


def _kept(folder: Path, key: str) -> Point | None:
    """A row of before; None if there is none, or half of one."""
    try:
        return msgspec.json.decode(_file(folder, key).read_bytes(), type=Point)
    except (OSError, msgspec.DecodeError):
        return None
