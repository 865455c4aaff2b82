"""What a reader of a report must know before believing its numbers."""

from collections.abc import Iterator, Mapping

import numpy as np

from ..figures.figures import Figures
from ..manifest import Manifest


def caveats(figures: Figures) -> Iterator[str]:
    """What is not as it would be in earnest."""
    yield from said_of(figures)
    if not figures.layers:
        yield "the machine runs nothing of this network: all of it is for the host"


def said_of(built: Figures | Manifest) -> Iterator[str]:
    """What a package was built with for want of the real thing, and what was odd."""
    if built.weights == "random":
        yield "random weights: outputs mean nothing (cycles and bytes do)"
    yield from built.warnings


def not_finite(outputs: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Which outputs of a run hold NaN or infinities, and how many."""
    for name, array in outputs.items():
        wrong = array.size - int(np.isfinite(array).sum())
        if wrong:
            yield (
                f"output '{name}': {wrong} of {array.size} elements are not finite, "
                "they mean nothing; `aipu verify` shows which layers are off, and "
                "infinities may be in the model itself"
            )
