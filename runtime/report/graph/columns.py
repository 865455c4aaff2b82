"""Where things stand in their rows: as straight below each other as their widths let.

The order in each row is given. Row by row, positions minimise the squares of how far
lines go sideways, while nobody comes too close to a neighbour: a regression onto
ascending values, which pooling adjacent violators solves exactly (Barlow et al., 1972).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

SWEEPS = 30
"""Down and up again so often: after that little moves."""

ALONE, OTHER = 64.0, 1.0


class Link(NamedTuple):
    """A line from a thing to one in the row below, and where on them it ends, from
    their middles. One that is `alone` at both ends is to be straight.
    """

    above: int
    at_above: float
    below: int
    at_below: float
    alone: bool

    @property
    def weight(self) -> float:
        """How much it counts that it is straight."""
        return ALONE if self.alone else OTHER


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
    for link in links:
        off = link.at_above - link.at_below
        wishes[link.above].append((link.below, -off, link.weight))
        wishes[link.below].append((link.above, off, link.weight))
    middles = {thing: 0.0 for row in rows for thing in row}
    for row in rows:
        middles.update(_apart(row, middles, dict.fromkeys(row, 1.0), widths, gap))
    for _ in range(SWEEPS):
        for row in (*rows, *reversed(rows)):
            wanted = {thing: _wanted(wishes[thing], middles) for thing in row}
            targets = {t: w[0] if w else middles[t] for t, w in wanted.items()}
            weights = {t: w[1] if w else 0.01 for t, w in wanted.items()}
            middles.update(_apart(row, targets, weights, widths, gap))
    row_of = {thing: number for number, row in enumerate(rows) for thing in row}
    for chain in _chains(sorted(links, key=lambda link: row_of[link.above])):
        _straighten(chain, rows, middles, widths, gap)
    return middles


def _chains(links: Sequence[Link]) -> list[dict[int, float]]:
    """Things that lines alone connect, and how far right of the first they are.

    Lines come in the order of their rows.
    """
    chain_of: dict[int, dict[int, float]] = {}
    for link in links:
        if link.alone:
            chain = chain_of.setdefault(link.above, {link.above: 0.0})
            chain[link.below] = chain[link.above] + link.at_above - link.at_below
            chain_of[link.below] = chain
    return list({id(chain): chain for chain in chain_of.values()}.values())


def _straighten(
    chain: Mapping[int, float],
    rows: Sequence[Sequence[int]],
    middles: dict[int, float],
    widths: Mapping[int, float],
    gap: float,
) -> None:
    """Bring a chain below its first thing as far as neighbours let: then all of it."""
    least, most = -inf, inf
    for row in rows:
        for before, thing in pairwise(row):
            step = (widths[before] + widths[thing]) / 2 + gap
            if thing in chain:
                least = max(least, middles[before] + step - chain[thing])
            if before in chain:
                most = min(most, middles[thing] - step - chain[before])
    if least <= most:
        mean = sum(middles[thing] - off for thing, off in chain.items()) / len(chain)
        first = min(max(mean, least), most)
        middles.update({thing: first + off for thing, off in chain.items()})


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
