"""Sets of cycles as intervals [start, end), in order and none touching another."""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The cycles that lie in any of the intervals."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if start == end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(result[-1][1], end)
        else:
            result.append((start, end))
    return result


def difference(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """The cycles of `left` that are not in `right`."""
    result: list[Interval] = []
    taken = iter([*right, (1 << 62, 1 << 62)])
    hole = next(taken)
    for start, end in left:
        while hole[1] <= start:
            hole = next(taken)
        while hole[0] < end:
            if start < hole[0]:
                result.append((start, hole[0]))
            start = hole[1]
            if start >= end:
                break
            hole = next(taken)
        if start < end:
            result.append((start, end))
    return result
