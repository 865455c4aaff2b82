"""How long each pass takes, as a table: with colours in a terminal, plain in a pipe."""

import sys

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from .observer import Observer
from .options import pass_text


class Timing(Observer):
    """Notes the time of every pass and what it leaves; prints both at the end."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, int]] = []

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        operations = sum(1 for _ in module.walk())
        self.rows.append((pass_text(module_pass), seconds, operations))

    def end(self, module: ModuleOp) -> None:
        from rich.console import Console
        from rich.table import Table

        total = sum(seconds for _, seconds, _ in self.rows)
        table = Table("pass", box=None, header_style="bold cyan", pad_edge=False)
        for column in ("ms", "share", "operations left"):
            table.add_column(column, justify="right")
        for name, seconds, operations in self.rows:
            share = seconds / total if total else 0.0
            table.add_row(name, f"{seconds * 1e3:.1f}", f"{share:.0%}", str(operations))
        table.add_section()
        table.add_row("total", f"{total * 1e3:.1f}", "", "", style="bold")
        Console(file=sys.stderr).print(table)
