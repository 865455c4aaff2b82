"""Delta debugging: the smallest part of something that still fails.

After Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
"""

from collections.abc import Callable, Sequence
from time import monotonic


def minimised(
    count: int, fails: Callable[[Sequence[int]], bool], seconds: float = 60
) -> list[int]:
    """Which of `count` parts are enough to fail; no smaller share of them does.

    Args:
        count: of the parts; all of them together fail.
        fails: whether some of them, in ascending order, fail in the same way.
        seconds: after so many the smallest that was found is taken.
    """
    kept, shares, deadline = list(range(count)), 2, monotonic() + seconds
    while len(kept) > 1 and monotonic() < deadline:
        size = -(-len(kept) // shares)
        starts = range(0, len(kept), size)
        candidates = [kept[start : start + size] for start in starts]
        if shares > 2:
            candidates = []
        candidates += [kept[:start] + kept[start + size :] for start in starts]
        for candidate in candidates:
            if monotonic() > deadline:
                break
            if candidate and fails(candidate):
                kept, shares = candidate, max(shares - 1, 2)
                break
        else:
            if size == 1:
                break
            shares = min(2 * shares, len(kept))
    return kept
