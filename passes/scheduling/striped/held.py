"""Constants that stay on chip between operators which take the same ones."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ...machine_forms.stage import Stage

Key = tuple[str, ...]
"""What a constant is made of: the same of equal ones."""

What = Literal["weight", "parameters"]

WHAT: tuple[What, ...] = ("weight", "parameters")

HELD = "held"
"""How places of constants that are held are called."""


class Keys(NamedTuple):
    """What the constants of an operator are made of; nothing where it has none."""

    weight: Key = ()
    parameters: Key = ()

    @property
    def each(self) -> Iterator[tuple[What, Key]]:
        """Those that it has."""
        if self.weight:
            yield "weight", self.weight
        if self.parameters:
            yield "parameters", self.parameters

    def sizes(self, stage: Stage) -> Iterator[tuple[Key, int]]:
        """Those that it has, and their bytes."""
        for what, key in self.each:
            yield key, size_of(what, stage)


NO_KEYS = Keys()


def size_of(what: What, stage: Stage) -> int:
    """The bytes of the weights of an operator, or of its parameters."""
    return stage.weight_bytes if what == "weight" else stage.parameter_bytes


@dataclass(frozen=True)
class Held:
    """A constant on chip: the same for all `operators` of a group; it comes with the
    first of them, if it is not there before.
    """

    what: What
    operators: tuple[int, ...]
    comes: bool

    @property
    def first(self) -> int:
        """The first operator that takes it."""
        return self.operators[0]

    @property
    def home(self) -> str:
        """What its place is called in the group."""
        return f"{HELD} {self.what}{self.first}"


def held(constants: Sequence[Keys], there: Container[Key]) -> tuple[Held, ...]:
    """What the operators of a group hold.

    Args:
        constants: those that each operator holds.
        there: the keys of those that are on chip before the group.
    """
    takers: dict[tuple[What, Key], list[int]] = {}
    for number, each in enumerate(constants):
        for what, key in each.each:
            takers.setdefault((what, key), []).append(number)
    return tuple(
        Held(what, tuple(numbers), key not in there)
        for (what, key), numbers in takers.items()
    )
