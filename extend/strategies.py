"""A strategy of a user's own, by a name for `--strategy`."""

from collections.abc import Callable
from typing import TypeVar

from ..extensions import add
from ..passes.scheduling.strategies.strategy import (
    STRATEGIES,
    AimlessStrategy,
    Decide,
    Strategy,
    made_by,
)

Deciding = TypeVar("Deciding", bound=Decide | type[Strategy | AimlessStrategy])


def strategy(name: str) -> Callable[[Deciding], Deciding]:
    """Give a strategy a name: `@strategy("fewest-bytes")`.

    It is a class with a method `schedule(self, graph, machine, goal)`, made without
    arguments, or a function `(graph, machine, goal)`, of which `goal` may be left out;
    either returns the schedule of each group by its name. Without this, `--strategy
    FILE.py:NAME` runs it, too.

    Raises:
        AipuError: there is a strategy of that name already.
    """

    def register(what: Deciding) -> Deciding:
        add(what.__module__, STRATEGIES, name, made_by(what), f"a strategy '{name}'")
        return what

    return register
