"""Delta debugging: the fewest of some things with which something still happens.

Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002: try
parts, and what is left without a part; if neither does it, smaller parts.
"""

from collections.abc import Callable, Sequence


def fewest(
    everything: Sequence[int], happens: Callable[[Sequence[int]], bool]
) -> list[int]:
    """Some of the things, in order, none of which can be left out alone.

    Args:
        everything: with which it happens.
        happens: whether it does with some of them.
    """
    left = list(everything)
    parts = 2
    while len(left) > 1:
        size = -(-len(left) // parts)
        chunks = [left[at : at + size] for at in range(0, len(left), size)]
        others = [[each for each in left if each not in set(c)] for c in chunks]
        tried = chunks if parts == 2 else [*chunks, *others]
        smaller = next((some for some in tried if happens(some)), None)
        if smaller is not None:
            parts = 2 if smaller in chunks else max(parts - 1, 2)
            left = smaller
        elif size == 1:
            break
        else:
            parts = min(parts * 2, len(left))
    return left
