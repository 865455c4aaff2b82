"""What the vendor's tool prints, in its words where scripts may look for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

Write = Callable[[str], None]


class Remark(NamedTuple):
    """A line about a cfg: something to know, or something that is not as asked."""

    text: str
    warning: bool


@dataclass
class Log:
    """Lines that begin with `[I]`, `[W]` or `[E]`, counted for the last of them.

    show: takes every line; verbose: also lines for the curious; show_error: takes those
    of errors, where they go elsewhere.
    """

    show: Write
    verbose: bool = False
    show_error: Write | None = None
    warnings: int = field(default=0, init=False)
    errors: int = field(default=0, init=False)
    lines: list[str] = field(default_factory=list, init=False)

    def write(self, line: str) -> None:
        """A line as it is."""
        self.lines.append(line)
        self.show(line)

    def info(self, line: str) -> None:
        self.write(f"[I] {line}")

    def detail(self, line: str) -> None:
        """A line for `-v` only."""
        if self.verbose:
            self.info(line)

    def warning(self, line: str) -> None:
        self.warnings += 1
        self.write(f"[W] {line}")

    def error(self, line: str) -> None:
        self.errors += 1
        self.lines.append(f"[E] {line}")
        (self.show_error or self.show)(self.lines[-1])

    def remarks(self, remarks: Iterable[Remark]) -> None:
        for remark in remarks:
            (self.warning if remark.warning else self.info)(remark.text)

    def end(self) -> None:
        self.info(f"Total errors: {self.errors}, warnings: {self.warnings}")
