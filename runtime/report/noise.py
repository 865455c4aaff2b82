"""What is known of how far the integers of each operator are from reals."""

from collections.abc import Mapping

from ..accuracy import LayerAccuracy
from .findings import Findings


def noise(findings: Findings) -> Mapping[str, LayerAccuracy]:
    """By the name of the operator: as the build saw it, or else a verification."""
    found: dict[str, LayerAccuracy] = {}
    for rung in findings.ladder.rungs if findings.ladder is not None else ():
        if rung.cosine is not None:
            found[rung.name] = LayerAccuracy(rung.name, rung.sqnr_db, rung.cosine)
    accuracy = findings.figures.accuracy
    seen = accuracy.operators if accuracy is not None else ()
    return found | {each.name: each for each in seen}
