"""What the vendor's tool prints, in its words where scripts may look for them."""

from collections.abc import Callable
from dataclasses import dataclass, field

Write = Callable[[str], None]


@dataclass
class Log:
    """Lines that begin with `[I]` or `[W]`, counted for the last of them.

    show: takes every line; verbose: also lines for the curious.
    """

    show: Write
    verbose: bool = False
    warnings: int = field(default=0, init=False)
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

    def end(self) -> None:
        self.info(f"Total errors: 0, warnings: {self.warnings}")
