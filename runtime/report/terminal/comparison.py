"""Packages side by side: a column for each; and as plain data."""

from collections.abc import Mapping

from rich.console import RenderableType
from rich.text import Text

from ..comparison import VERIFIED, comparison_rows
from ..findings import Findings
from .ladder import ladder_figures
from .tables import table


def comparison_table(packages: Mapping[str, Findings]) -> RenderableType:
    """What counts of every package, by the name that it is shown under."""
    result = table("", *(f">{name}" for name in packages))
    for name, cells in comparison_rows(list(packages.values())):
        if name == VERIFIED:
            result.add_row(name, *map(_coloured, cells, packages.values()))
        else:
            result.add_row(name, *cells)
    return result


def comparison_figures(packages: Mapping[str, Findings]) -> Mapping[str, object]:
    """The same as plain data: the report of every package, and its verification."""
    return {
        name: {
            "report": findings.figures,
            "verification": findings.ladder and ladder_figures(findings.ladder),
        }
        for name, findings in packages.items()
    }


def _coloured(verdict: str, findings: Findings) -> Text:
    if findings.ladder is None:
        return Text(verdict)
    return Text(verdict, "green" if findings.ladder.exact else "bold red")
