"""Pieces of work: their names are keys of buffers, schedules and rows of reports."""

from collections.abc import Iterator

from xdsl.dialects.builtin import ModuleOp

from ....dialects import tile
from .fault import Fault


def work_faults(module: ModuleOp) -> Iterator[Fault]:
    """Groups that have the name of another one."""
    seen: set[str] = set()
    for op in module.walk():
        if isinstance(op, tile.GroupOp):
            name = op.work.data
            if name in seen:
                yield Fault(
                    op,
                    f"two groups are called '{name}'",
                    "every group needs a name of its own: its result is kept under it",
                    name,
                )
            seen.add(name)
