"""Ranges that are cut off: no integers for what few values reach, more for the rest."""

from collections.abc import Mapping
from math import isclose

from xdsl.ir import SSAValue

from ...authoring.ranges import Range
from ..arithmetic.scales import significant, symmetric

ROUNDING = 1e-5
"""Of the ends of a range, which keep six digits."""

PARTS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125)
"""Where ranges are cut off, as parts of how far they reach."""

Choice = dict[SSAValue, Range]
"""A range for each of some tensors."""


def each_cut(ranges: Mapping[SSAValue, Range], part: float) -> Choice:
    """No range reaches further than a part of what it did."""
    return {value: cut(ends, part * reach(ends)) for value, ends in ranges.items()}


def all_cut(ranges: Mapping[SSAValue, Range], part: float) -> Choice:
    """No range reaches further than a part of what the widest did."""
    bound = part * max(map(reach, ranges.values()), default=0.0)
    return {value: cut(ends, bound) for value, ends in ranges.items()}


def reach(ends: Range) -> float:
    """How far from 0 a range reaches."""
    low, high = ends
    return max(-low, high)


def cut(ends: Range, bound: float) -> Range:
    """The part of a range within a bound; one that is symmetric stays so."""
    low, high = ends
    ends_alike = isclose(low, symmetric(-high, high)[0], rel_tol=ROUNDING)
    least, most = symmetric(-bound, bound) if ends_alike else (-bound, bound)
    return significant(max(low, least)), significant(min(high, most))
