"""Weights that stay on chip between operators which take the same ones."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

HELD = "held"
"""How places of weights that are held are called."""


@dataclass(frozen=True)
class Held:
    """Weights on chip: the same for all `operators` of a group; they come with the
    first of them, if they are not there before.
    """

    operators: tuple[int, ...]
    comes: bool

    @property
    def first(self) -> int:
        """The first operator that takes them."""
        return self.operators[0]

    @property
    def home(self) -> str:
        """What their place is called in the group."""
        return f"{HELD}{self.first}"


def held(constants: Sequence[str | None], there: Container[str]) -> tuple[Held, ...]:
    """What the operators of a group hold.

    Args:
        constants: the weights of each operator by their keys; None if it holds none.
        there: those that are on chip before the group.
    """
    takers: dict[str, list[int]] = {}
    for number, key in enumerate(constants):
        if key is not None:
            takers.setdefault(key, []).append(number)
    return tuple(
        Held(tuple(numbers), key not in there) for key, numbers in takers.items()
    )
