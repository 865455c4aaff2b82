"""What an output of a node can be while a graph is converted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...errors import UnsupportedError
from ..constant import Value


@dataclass(frozen=True)
class Elements:
    """A tensor array or a list: a value for each index, None where none was written."""

    values: "Sequence[Output | None]"


@dataclass(frozen=True)
class Dead:
    """What comes out of the branch that is not taken."""


@dataclass(frozen=True, eq=False)
class Unknown:
    """What comes after nodes that are not supported.

    Whether that matters shows at the end: most of a graph is for training, and what is
    computed there reaches no output.

    error: what the node itself lacks; sources: what it reads that is unknown.
    """

    error: UnsupportedError | None = None
    sources: "Sequence[Unknown]" = ()


def reasons(unknown: Iterable[Unknown]) -> set[str]:
    """The places of all errors that these come from."""
    waiting, seen = list(unknown), set[Unknown]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += one.sources
    return {one.error.place for one in seen if one.error is not None}


Output = Value | Elements | Dead | Unknown
