"""Putting passes into a pipeline: `my-pass{depth=2}@after:fold-affine`."""

import re
from collections.abc import Sequence

from ...errors import nearest
from ..registry import Registry
from .pipeline import Planned, plan_pipeline
from .pipeline_text import PipelineError

WHERE = re.compile(
    r"(?P<what>.*)@(?P<side>before|after):(?P<name>[^@#]+)(#(?P<n>\d+))?"
)
FORM = "expected PASS@after:NAME or PASS@before:NAME"


def insert(passes: Sequence[Planned], text: str, registry: Registry) -> list[Planned]:
    """A pipeline with more passes in it.

    Args:
        passes: the pipeline.
        text: which passes, and before or after which other: `NAME` is a pass or a named
            pipeline; `NAME#2` is the second of that name.
        registry: the passes that there are.

    Raises:
        PipelineError: the text is malformed, or names what is not there, or what is
            there several times.
    """
    match = WHERE.fullmatch(text)
    if match is None:
        raise PipelineError(f"--insert {text}: {FORM}")
    new = plan_pipeline(match["what"], registry)
    name = match["name"]
    places = _places(passes, name)
    if not places:
        raise PipelineError(
            f"--insert {text}: no '{name}' in the pipeline",
            remedy=nearest(name, _names(passes)),
        )
    number = int(match["n"] or 1)
    if number > len(places) or (match["n"] is None and len(places) > 1):
        raise PipelineError(
            f"--insert {text}: '{name}' is in the pipeline {len(places)} times",
            remedy=f"say which: {name}#1 to {name}#{len(places)}",
        )
    first, last = places[number - 1]
    at = first if match["side"] == "before" else last
    return [*passes[:at], *new, *passes[at:]]


def _names(passes: Sequence[Planned]) -> set[str]:
    within = {name for each in passes for name in each.within}
    return within | {each.module_pass.name for each in passes}


def _places(passes: Sequence[Planned], name: str) -> list[tuple[int, int]]:
    """Where passes, or pipelines, of a name begin and end."""
    found: list[tuple[int, int]] = []
    for at, each in enumerate(passes):
        inside = name in each.within
        if inside and found and found[-1][1] == at and name in passes[at - 1].within:
            found[-1] = found[-1][0], at + 1
        elif inside or each.module_pass.name == name:
            found.append((at, at + 1))
    return found
