"""What a run gave: every output, the best classes, the cycles."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from ...figures.figures import Figures
from ..quantities import count
from ..speed import milliseconds
from .tables import spaced, table

BEST = 5


def output_tables(
    outputs: Mapping[str, np.ndarray],
    figures: Figures,
    answer: RenderableType | None = None,
    answering: str = "",
) -> Iterator[RenderableType]:
    """The answer, all outputs, and the best classes of each that looks like a
    classifier's, but for the one that the answer is made of.
    """
    result = table("output", "shape", ">min", ">max")
    for name, array in outputs.items():
        ends = ["" if end is None else f"{end:.6g}" for end in reach(array)]
        result.add_row(name, "x".join(map(str, array.shape)), *ends)
    if answer is not None:
        yield answer
    yield result if answer is None else spaced(result)
    for name, array in outputs.items():
        if scores_classes(array) and name != answering:
            yield spaced(_best_table(name, array))
    yield spaced(Text(_time(figures), "bold"))


def output_figures(
    outputs: Mapping[str, np.ndarray], figures: Figures
) -> Mapping[str, object]:
    """The same as plain data."""
    return {
        "outputs": {
            name: {
                "shape": array.shape,
                "min": reach(array)[0],
                "max": reach(array)[1],
                "best": [
                    [score._asdict() for score in frame]
                    for frame in best_classes(array)
                ]
                if scores_classes(array)
                else [],
            }
            for name, array in outputs.items()
        },
        "cycles": figures.cycles,
        "machine_ms": figures.machine_ms,
        "latency_ms": figures.latency_ms,
        "machine_only": figures.machine_only,
    }


def reach(array: np.ndarray) -> tuple[float | None, float | None]:
    """The least and the greatest element; None where there is none."""
    if array.size == 0:
        return None, None
    return float(array.min()), float(array.max())


def _time(figures: Figures) -> str:
    """What the machine took, and what host and crossings add to it."""
    machine = milliseconds(figures.machine_ms)
    alone = f"{count(figures.cycles)} cycles, {machine} on {figures.target}"
    if figures.machine_only:
        return f"{alone}, machine only"
    latency = milliseconds(figures.latency_ms)
    return f"{alone}; {latency} with host and crossings, an estimate"


def scores_classes(array: np.ndarray) -> bool:
    """Whether an output may be the scores of classes: one vector a frame."""
    if array.ndim < 2 or array.size == 0:
        return False
    return array[0].size == max(array.shape[1:]) >= BEST


class Score(NamedTuple):
    """A class by its number, and its score."""

    number: int
    score: float


def best_classes(array: np.ndarray) -> list[list[Score]]:
    """For each frame the best classes, the best first."""
    frames = array.reshape(len(array), -1)
    best = np.argsort(-frames, axis=1, kind="stable")[:, :BEST]
    return [
        [Score(number, float(scores[number])) for number in numbers]
        for scores, numbers in zip(frames, best.tolist(), strict=True)
    ]


def _best_table(name: str, array: np.ndarray) -> RenderableType:
    result = table("frame", f"best classes of {name}, and their scores")
    for frame, best in enumerate(best_classes(array)):
        scores = (f"{number}: {score:.4g}" for number, score in best)
        result.add_row(str(frame), "   ".join(scores))
    return result
