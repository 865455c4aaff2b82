"""Bars of characters: where the cycles of a layer go."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from ..looks import CAUSES

NARROWEST = 8


@dataclass(frozen=True)
class Bar:
    """Cycles by cause, a glyph for each; `full` cycles would fill the whole `width`.

    It is narrower where there is no room.
    """

    cycles_by_cause: Mapping[str, int]
    full: int
    width: int

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        width = min(self.width, options.max_width)
        total = sum(self.cycles_by_cause.values())
        cells = round(width * total / self.full) if self.full else 0
        text = Text()
        for cause, length in split(self.cycles_by_cause, cells).items():
            look = CAUSES[cause]
            text.append(look.glyph * length, look.colour)
        yield text

    def __rich_measure__(
        self, console: Console, options: ConsoleOptions
    ) -> Measurement:
        return Measurement(min(NARROWEST, options.max_width), self.width)


def split(parts: Mapping[str, int], cells: int) -> dict[str, int]:
    """Share out cells by size; those that rounding leaves go to the largest rests."""
    total = sum(parts.values())
    if not total:
        return dict.fromkeys(parts, 0)
    shares = {name: divmod(part * cells, total) for name, part in parts.items()}
    left = cells - sum(whole for whole, _ in shares.values())
    by_rest = sorted(shares, key=lambda name: -shares[name][1])
    return {
        name: whole + (name in by_rest[:left]) for name, (whole, _) in shares.items()
    }
