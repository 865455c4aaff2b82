"""Where things stand in their rows: as straight below each other as their widths let.

The order in each row is given. Row by row, positions minimise the squares of how far
lines go sideways, while nobody comes too close to a neighbour: a regression onto
ascending values, which pooling adjacent violators solves exactly (Barlow et al., 1972).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SWEEPS = 60
"""Down and up again so often: after that nothing visible moves."""


class Link(NamedTuple):
    """A line from a thing to one in the row below, and where on them it ends, from
    their middles; `weight` is how much it counts that it is straight.
    """

    above: int
    at_above: float
    below: int
    at_below: float
    weight: float


def columns(
    rows: Sequence[Sequence[int]],
    links: Sequence[Link],
    widths: Mapping[int, float],
    gap: float,
) -> dict[int, float]:
    """The middles of all things.

    Args:
        rows: things from left to right, row by row.
        links: lines between rows.
        widths: of all things.
        gap: the least between two of a row.
    """
    wishes: dict[int, list[tuple[int, float, float]]] = {
        thing: [] for row in rows for thing in row
    }
    for above, at_above, below, at_below, weight in links:
        wishes[above].append((below, at_below - at_above, weight))
        wishes[below].append((above, at_above - at_below, weight))
    middles = {thing: 0.0 for row in rows for thing in row}
    for row in rows:
        middles.update(_apart(row, middles, dict.fromkeys(row, 1.0), widths, gap))
    for _ in range(SWEEPS):
        for row in (*rows, *reversed(rows)):
            wanted = {thing: _wanted(wishes[thing], middles) for thing in row}
            targets = {t: w[0] if w else middles[t] for t, w in wanted.items()}
            weights = {t: w[1] if w else 0.01 for t, w in wanted.items()}
            middles.update(_apart(row, targets, weights, widths, gap))
    return middles


def _wanted(
    wishes: Sequence[tuple[int, float, float]], middles: Mapping[int, float]
) -> tuple[float, float] | None:
    """Where a thing's lines would be straightest, and how much that counts."""
    total = sum(weight for *_, weight in wishes)
    if not total:
        return None
    place = sum((middles[other] + off) * weight for other, off, weight in wishes)
    return place / total, total


def _apart(
    row: Sequence[int],
    targets: Mapping[int, float],
    weights: Mapping[int, float],
    widths: Mapping[int, float],
    gap: float,
) -> dict[int, float]:
    """The places of a row that are nearest to its targets, and far enough apart."""
    offsets: list[float] = []
    for before, thing in zip([None, *row], row, strict=False):
        step = 0.0 if before is None else (widths[before] + widths[thing]) / 2 + gap
        offsets.append((offsets[-1] if offsets else 0.0) + step)
    pools: list[tuple[float, float, int]] = []
    for thing, offset in zip(row, offsets, strict=True):
        mean, weight, count = targets[thing] - offset, weights[thing], 1
        while pools and pools[-1][0] >= mean:
            other, more, times = pools.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, count = weight + more, count + times
        pools.append((mean, weight, count))
    places = [mean for mean, _, count in pools for _ in range(count)]
    return {t: p + o for t, p, o in zip(row, places, offsets, strict=True)}
