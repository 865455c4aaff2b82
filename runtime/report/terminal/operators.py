"""Operators as tables: those of `nn`, and those of a format."""

from collections.abc import Sequence

from rich.console import RenderableType

from ...inspecting.operator_support import BESIDES, NnOperator, SourceOperator
from .tables import table


def nn_table(operators: Sequence[NnOperator]) -> RenderableType:
    """What every operator computes, and where."""
    rows = table("operator", "runs on", "if", "computes")
    for each in operators:
        rows.add_row(each.name, each.runs_on, each.limits, each.meaning)
    return rows


def source_table(name: str, operators: Sequence[SourceOperator]) -> RenderableType:
    """What the operators of a format become."""
    rows = table(name, "becomes", "runs on")
    for each in operators:
        rows.add_row(each.name, ", ".join(each.becomes), each.runs_on)
    rows.caption = BESIDES.get(name)
    return rows
