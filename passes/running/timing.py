"""How long everything takes, as a tree: reading, pipelines with their passes, printing.

The rest of a pass, its checks and who watches it, counts as `verification`.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import dumps
from time import perf_counter

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from .observer import Observer
from .options import pass_text
from .pipeline import Planned


@dataclass
class Span:
    """What took some time: with its parts, of which it is the sum, or by itself.

    operations: what a pass has left.
    """

    name: str
    own: float = 0.0
    operations: int | None = None
    parts: dict[object, "Span"] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.own + sum(part.seconds for part in self.parts.values())

    def part(self, name: str, key: object = None) -> "Span":
        """The part of a name, or of a key where several have one name."""
        return self.parts.setdefault(key or name, Span(name))

    def data(self) -> dict[str, object]:
        """For a program."""
        found: dict[str, object] = {"name": self.name, "seconds": self.seconds}
        if self.operations is not None:
            found["operations"] = self.operations
        if self.parts:
            found["parts"] = [part.data() for part in self.parts.values()]
        return found

    def lines(self, depth: int = 0) -> Iterator[tuple[int, "Span"]]:
        """It and all below it, each with its depth."""
        yield depth, self
        for part in self.parts.values():
            yield from part.lines(depth + 1)


class Timing(Observer):
    """Notes the time of every step and pass; a text of many parts is one run."""

    def __init__(self, passes: Sequence[Planned]):
        self.total = Span("total")
        self.passes = passes
        self.number = 0
        self.begun = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step that is no pass."""
        start = perf_counter()
        try:
            yield
        finally:
            self.total.part(name).own += perf_counter() - start

    def begin(self, module: ModuleOp) -> None:
        self.number = 0

    def before(self, module_pass: ModulePass, module: ModuleOp) -> None:
        self.begun = perf_counter()

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        span = self.total.part("passes")
        for number, name in enumerate(self.passes[self.number].within):
            span = span.part(name, self._pipeline(number))
        span = span.part(pass_text(module_pass), self.number)
        span.own += seconds
        span.operations = sum(1 for _ in module.walk())
        self.number += 1
        rest = perf_counter() - self.begun - seconds
        self.total.part("verification").own += rest

    def _pipeline(self, depth: int) -> tuple[object, ...]:
        """A key of the pipeline that the pass is in: where it begins."""
        first = self.number
        within = self.passes[first].within[: depth + 1]
        while first and self.passes[first - 1].within[: depth + 1] == within:
            first -= 1
        return (*within, first)

    def report(self, *, json: bool) -> None:
        """Print all times on the standard error."""
        if json:
            sys.stderr.write(dumps(self.total.data(), indent=2) + "\n")
            return
        from rich.console import Console
        from rich.table import Table

        table = Table("", box=None, header_style="bold cyan", pad_edge=False)
        for column in ("ms", "share", "operations left"):
            table.add_column(column, justify="right")
        total = self.total.seconds or 1.0
        for depth, span in self.total.lines():
            table.add_row(
                "  " * depth + span.name,
                f"{span.seconds * 1e3:.1f}",
                f"{span.seconds / total:.0%}",
                "" if span.operations is None else str(span.operations),
                style="" if depth else "bold",
            )
        Console(file=sys.stderr).print(table)
