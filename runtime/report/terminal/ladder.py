"""The ladder as a table: a row per layer, a column per level; and as plain data."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from ...building.engine_check import Agreement
from ..ladder import Ladder
from ..quantities import decimals
from ..speed import milliseconds
from .tables import DIM, spaced, table

EQUAL_ENOUGH = Text("equal, to rounding", "green")
EQUAL, DIFFERENT = Text("equal", "green"), Text("differs", "bold red")


def ladder_tables(ladder: Ladder) -> Iterator[RenderableType]:
    """Every layer, and the count of the exact ones last."""
    levels = list(ladder.rungs[0].equal) if ladder.rungs else []
    result = table("layer", *levels, ">cosine", ">SQNR dB", "")
    for rung in ladder.rungs:
        result.add_row(
            rung.name,
            *(EQUAL if equal else DIFFERENT for equal in rung.equal.values()),
            decimals(rung.cosine, 6),
            decimals(rung.sqnr_db, 1),
            Text(rung.remark, DIM),
        )
    yield result
    yield spaced(Text(ladder.verdict, "bold green" if ladder.exact else "bold red"))


def engine_tables(name: str, found: Sequence[Agreement]) -> Iterator[RenderableType]:
    """Every segment of the host: how far an engine is from numpy, and how fast."""
    times = ">numpy here", f">{name}"
    result = table(f"host, {name}", "", ">of the largest", ">integers apart", *times)
    for each in found:
        result.add_row(
            each.segment,
            EQUAL_ENOUGH if each.holds else DIFFERENT,
            f"{each.reals:.1e}",
            str(each.levels),
            milliseconds(each.numpy_ms),
            milliseconds(each.ms),
        )
    yield spaced(result)


def ladder_figures(
    ladder: Ladder, by_engine: Sequence[Agreement] = ()
) -> Mapping[str, object]:
    """The same as plain data."""
    return {
        "bit_exact": ladder.exact,
        "layers": ladder.layers._asdict(),
        "other_launches": ladder.others._asdict(),
        "rows": [rung._asdict() for rung in ladder.rungs],
        "host": [each._asdict() for each in by_engine],
    }
