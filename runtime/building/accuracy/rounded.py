"""Figures as they are kept: rounded, so that they are the same on any machine."""

from math import inf

from ..closeness import Closeness

LEAST_DB = -100.0


def decibels(closeness: Closeness) -> float | None:
    """The SQNR as it is kept."""
    found = closeness.sqnr_db
    if found == inf:
        return None
    return max(round(found, 1), LEAST_DB) if found == found else LEAST_DB


def cosine(closeness: Closeness, places: int = 4) -> float:
    """The cosine as it is kept."""
    found = closeness.cosine
    return round(found, places) if found == found else 0.0
