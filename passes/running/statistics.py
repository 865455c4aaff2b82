"""What passes have done: the operations after each, and the patterns applied."""

import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from json import dumps

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ..authoring.applications import Applications, watched
from .observer import Observer
from .options import pass_text


@dataclass(frozen=True)
class Row:
    """A pass: the operations before and after it, and applications by pattern."""

    name: str
    before: int
    after: int
    applications: dict[str, int]


class Statistics(Observer):
    """Counts what every pass does; a text of many parts is one run."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.watching = ExitStack()

    def begin(self, module: ModuleOp) -> None:
        self.applications = Applications()
        self.watching.enter_context(watched(self.applications))

    def before(self, module_pass: ModulePass, module: ModuleOp) -> None:
        self.operations = _operations(module)
        self.seen = len(self.applications.made)

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        new = self.applications.made[self.seen :]
        counts = dict(Counter(each.pattern for each in new).most_common())
        name, count = pass_text(module_pass), _operations(module)
        self.rows.append(Row(name, self.operations, count, counts))

    def failed(
        self, module_pass: ModulePass, module: ModuleOp, error: AipuError
    ) -> None:
        self.end(module)

    def end(self, module: ModuleOp) -> None:
        self.watching.close()

    def report(self, *, json: bool) -> None:
        """Print all counts on the standard error."""
        if json:
            rows = [asdict(row) for row in self.rows]
            sys.stderr.write(dumps(rows, indent=2) + "\n")
            return
        from rich.console import Console
        from rich.table import Table

        table = Table("pass", box=None, header_style="bold cyan", pad_edge=False)
        table.add_column("operations", justify="right")
        table.add_column("patterns applied")
        for row in self.rows:
            patterns = (f"{name} {count}" for name, count in row.applications.items())
            change = f"{row.before} -> {row.after}"
            same = row.before == row.after
            table.add_row(
                row.name, str(row.after) if same else change, ", ".join(patterns)
            )
        Console(file=sys.stderr).print(table)


def _operations(module: ModuleOp) -> int:
    return sum(1 for _ in module.walk())
