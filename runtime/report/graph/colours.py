"""What the colours of a graph stand for, and the words beside them.

All colours are light enough for dark letters. Amounts go along Paul Tol's "YlOrBr"
(SRON technical note 2021); sides are of the scheme "light".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ....passes.authoring.places import HOST, MACHINE

AMOUNTS = ("#ffffe5", "#fff7bc", "#fee391", "#fec44f", "#fb9a29", "#ec7014")
SIDES = {MACHINE: "#77aadd", HOST: "#ee8866"}

CHANGES = ("#77aadd", "#c3dbf0", "#f2f4f7", "#f8cfc2", "#ee8866")
"""Less by far, less, as much, more, more by far."""

DECIBELS = (40, 30, 20, 15, 10)
"""Below each of these the colour is a darker one."""


class Colouring(NamedTuple):
    """Something that colours stand for.

    key: a word of letters.
    name: that people choose it by.
    colours: by node; of some nothing is known.
    legend: colours, and what they mean.
    """

    key: str
    name: str
    colours: Mapping[int, str]
    legend: Sequence[tuple[str, str]]


def by_amount(
    key: str,
    name: str,
    amounts: Mapping[int, float],
    shown: Callable[[float], str],
) -> Colouring:
    """The more, the darker: in equal steps up to the largest.

    Args:
        amounts: of nodes.
        shown: an amount as people read it.
    """
    step = max(amounts.values(), default=0) / len(AMOUNTS)
    last = len(AMOUNTS) - 1
    colours = {
        node: AMOUNTS[min(last, int(amount / step)) if step else 0]
        for node, amount in amounts.items()
    }
    legend = [
        (colour, f"up to {shown(step * (number + 1))}")
        for number, colour in enumerate(AMOUNTS)
    ]
    return Colouring(key, name, colours, legend)


def by_noise(decibels: Mapping[int, float | None]) -> Colouring:
    """The noisier, the darker; None where a result is exact."""
    colours = {
        node: AMOUNTS[0 if found is None else sum(found < db for db in DECIBELS)]
        for node, found in decibels.items()
    }
    names = [
        f"{DECIBELS[0]} dB or more",
        *(f"below {db} dB" for db in DECIBELS),
    ]
    return Colouring("sqnr", "SQNR", colours, list(zip(AMOUNTS, names, strict=True)))


def by_side(places: Mapping[int, str]) -> Colouring:
    """Machine or host."""
    colours = {node: SIDES[place] for node, place in places.items()}
    return Colouring("side", "side", colours, [(c, p) for p, c in SIDES.items()])


def by_change(
    key: str, name: str, changes: Mapping[int, float], shown: Callable[[float], str]
) -> Colouring:
    """Less or more than before; by far is by half as much as the largest change.

    Args:
        changes: of nodes.
        shown: an amount as people read it.
    """
    half = max(map(abs, changes.values()), default=0) / 2
    colours = {
        node: CHANGES[2 + (change > 0) - (change < 0) + _far(change, half)]
        for node, change in changes.items()
    }
    names = (
        f"less by {shown(half)} or more",
        "less",
        "as before",
        "more",
        f"more by {shown(half)} or more",
    )
    return Colouring(key, name, colours, list(zip(CHANGES, names, strict=True)))


def _far(change: float, half: float) -> int:
    """A step more, up or down, from half the largest change on."""
    return (change > 0) * (change >= half) - (change < 0) * (-change >= half)
