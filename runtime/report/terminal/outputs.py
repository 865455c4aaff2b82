"""What a run gave, as tables: every output, the best classes, the cycles."""

from collections.abc import Iterator, Mapping

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from ...simulator.profile import NetworkProfile
from ..quantities import count, quantity
from .tables import spaced, table

BEST = 5


def output_tables(
    outputs: Mapping[str, np.ndarray], profile: NetworkProfile
) -> Iterator[RenderableType]:
    """All outputs, and the best classes of each that looks like a classifier's."""
    result = table("output", "shape", ">min", ">max")
    for name, array in outputs.items():
        shape = "x".join(map(str, array.shape))
        result.add_row(name, shape, f"{array.min():.6g}", f"{array.max():.6g}")
    yield result
    for name, array in outputs.items():
        if scores_classes(array):
            yield spaced(_best_classes(name, array.reshape(len(array), -1)))
    time = f"{count(profile.cycles)} cycles, {quantity(profile.seconds, 's')}"
    yield spaced(Text(f"{time} on {profile.machine.name}", "bold"))


def scores_classes(array: np.ndarray) -> bool:
    """Whether an output may be the scores of classes: one vector a frame."""
    return array.ndim >= 2 and array[0].size == max(array.shape[1:]) >= BEST


def _best_classes(name: str, scores: np.ndarray) -> RenderableType:
    result = table("frame", f"best classes of {name}, and their scores")
    for frame, row in enumerate(scores):
        best = np.argsort(-row, kind="stable")[:BEST].tolist()
        result.add_row(
            str(frame), "   ".join(f"{number}: {row[number]:.4g}" for number in best)
        )
    return result
