"""What a report knows of the tensors that cross: how close they are to their reals."""

from collections.abc import Mapping

from ..accuracy import SeamAccuracy
from ..figures.figures import Figures


def known_seams(figures: Figures) -> Mapping[tuple[str, str], SeamAccuracy]:
    """By the tensor, and the side that it passes to; none without samples."""
    known = figures.accuracy.seams if figures.accuracy is not None else []
    return {(each.tensor, each.to): each for each in known}
