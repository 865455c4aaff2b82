"""Sets of cycles against sets of Python."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aipu.runtime.report.intervals import Interval, difference, union

ends = st.tuples(st.integers(0, 30), st.integers(0, 30))
intervals = st.lists(ends.map(lambda pair: (min(pair), max(pair))), max_size=8)


def cycles(intervals: list[Interval]) -> set[int]:
    return {cycle for start, end in intervals for cycle in range(start, end)}


def is_canonical(intervals: list[Interval]) -> bool:
    """In order, none empty, none touching the next."""
    flat = [bound for interval in intervals for bound in interval]
    return all(a < b for a, b in pairwise(flat))


@given(intervals)
def test_union(some: list[Interval]) -> None:
    assert cycles(union(some)) == cycles(some)
    assert is_canonical(union(some))


@given(intervals, intervals)
def test_difference(some: list[Interval], others: list[Interval]) -> None:
    left, right = union(some), union(others)
    assert cycles(difference(left, right)) == cycles(left) - cycles(right)
    assert is_canonical(difference(left, right))
