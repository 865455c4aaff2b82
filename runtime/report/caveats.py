"""What a reader of a report must know before believing its numbers."""

from collections.abc import Iterator

from .figures import Figures


def caveats(figures: Figures) -> Iterator[str]:
    """What is not as it would be in earnest."""
    if figures.calibration == "noise":
        yield (
            "no calibration data: the scales come from noise, so outputs are not "
            "accurate (cycles and bytes are)"
        )
    if figures.weights == "random":
        yield "random weights: outputs mean nothing (cycles and bytes do)"
    if not figures.layers:
        yield "the machine runs nothing of this network: all of it is for the host"
