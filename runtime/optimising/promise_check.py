"""The check of what passes promise of numbers, with samples that suit them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from xdsl.passes import ModulePass

from ...passes.authoring.context import AipuContext
from ...passes.running.numerics import CheckNumerics
from ...passes.running.observer import Observer
from .draws import draws
from .numerics import Executable


def numerics_check(
    passes: Sequence[ModulePass],
    context: AipuContext,
    data: Path | None,
    say: Callable[[str], object] | None = None,
) -> Observer:
    """What holds passes to their promises, on samples of their own if they have any.

    Args:
        say: told what is found; default: the standard error is.
    """
    draw = partial(draws, data=data or calibration_data(passes))
    return CheckNumerics(Executable, draw, context.weights, say)


def calibration_data(passes: Sequence[ModulePass]) -> Path | None:
    """The samples that a pass is given as its option `data`, if one is."""
    given = (getattr(each, "data", "") for each in passes)
    return next((Path(file) for file in given if file and isinstance(file, str)), None)
