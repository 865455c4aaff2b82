"""The samples that a pass sees a network on: of a file, of the context, or none."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from xdsl.context import Context

from ...authoring.context import AipuContext
from .network_input import Input
from .samples import Samples, batches, prepared, read_samples


def given_samples(
    ctx: Context, inputs: Sequence[Input], data: str = ""
) -> Samples | None:
    """The samples of the file `data` or the context, prepared; the context says which.

    Raises:
        AipuError: they do not fit the inputs.
    """
    found = ctx.samples if isinstance(ctx, AipuContext) else None
    if data:
        found = read_samples(Path(data), inputs)
    say_source(ctx, "noise" if found is None else "data")
    return None if found is None else prepared(found, inputs)


def say_source(ctx: Context, source: str) -> None:
    """Let the context know what the network was calibrated with."""
    if isinstance(ctx, AipuContext):
        ctx.calibration = source


def some_batches(
    samples: Samples, inputs: Sequence[Input], most: int
) -> list[list[np.ndarray]]:
    """At most so many batches, evenly taken from all."""
    runs = list(batches(samples, inputs))
    chosen = np.linspace(0, len(runs) - 1, min(len(runs), most))
    return [runs[int(number)] for number in chosen]
