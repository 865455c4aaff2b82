"""What a reader of a report must know before believing its numbers."""

from collections.abc import Iterator

from ..manifest import Manifest
from .figures import Figures


def caveats(figures: Figures) -> Iterator[str]:
    """What is not as it would be in earnest."""
    yield from stand_ins(figures)
    if not figures.layers:
        yield "the machine runs nothing of this network: all of it is for the host"


def stand_ins(built: Figures | Manifest) -> Iterator[str]:
    """What a package was built with for want of the real thing."""
    if built.calibration == "noise":
        yield (
            "no calibration data: the scales come from noise, so outputs are not "
            "accurate (cycles and bytes are)"
        )
    if built.weights == "random":
        yield "random weights: outputs mean nothing (cycles and bytes do)"
