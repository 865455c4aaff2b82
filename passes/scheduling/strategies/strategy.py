"""What a strategy is: a function from groups and a machine to schedules.

To write one, subclass nothing: `@strategy("name")` of `aipu.extend` on a class with a
method `schedule`, or on a function like it, puts it into the table. One that has the
same answer to every goal does not take it. A strategy never sees instructions; `cost`
tells it what a choice costs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from pathlib import Path
from typing import Protocol, cast

from ....backend_aipu.machine import Machine
from ....errors import AipuError, nearest
from ....extensions import run_file
from ..network.group_graph import GroupGraph, Schedules
from .goal import Goal

Aimed = Callable[[GroupGraph, Machine, Goal], Schedules]
Aimless = Callable[[GroupGraph, Machine], Schedules]
Decide = Aimed | Aimless
"""What decides how every group runs, for a goal or whatever it is."""

IN_FILE = re.compile(r"(?P<file>.+\.py):(?P<name>\w+)")
"""A strategy that a file of a user's holds: `my_strategy.py:Widest`."""


class Strategy(Protocol):
    """Decides how every group runs."""

    def schedule(self, graph: GroupGraph, machine: Machine, goal: Goal) -> Schedules:
        """How each group runs, alone or with others."""
        ...


class AimlessStrategy(Protocol):
    """Decides how every group runs, whatever is asked for."""

    def schedule(self, graph: GroupGraph, machine: Machine) -> Schedules:
        """How each group runs, alone or with others."""
        ...


@dataclass(frozen=True)
class Deciding:
    """The strategy that a function is, or a method of one."""

    decide: Decide

    def schedule(self, graph: GroupGraph, machine: Machine, goal: Goal) -> Schedules:
        if _takes_goal(self.decide):
            return cast(Aimed, self.decide)(graph, machine, goal)
        return cast(Aimless, self.decide)(graph, machine)


def layerwise() -> Strategy:
    from .layerwise import Layerwise

    return Layerwise()


def packed() -> Strategy:
    from .packed import Packed

    return Packed()


def greedy() -> Strategy:
    from .greedy import Greedy

    return Greedy()


def dp() -> Strategy:
    from .dp import Dp

    return Dp()


def anneal() -> Strategy:
    from .anneal import Anneal

    return Anneal()


STRATEGIES: dict[str, Callable[[], Strategy | AimlessStrategy]] = {
    "layerwise": layerwise,
    "packed": packed,
    "greedy": greedy,
    "dp": dp,
    "anneal": anneal,
}
"""What makes a strategy, by its name; extensions add theirs."""

DEFAULT = "dp"
"""The strategy where none is asked for."""

OLD_NAMES = {"striped": "dp"}
"""By what they were called before, what strategies are called now."""


def strategy(name: str) -> Strategy:
    """The strategy of a name, or of `FILE.py:NAME`.

    Raises:
        AipuError: there is none.
    """
    name = OLD_NAMES.get(name, name)
    in_file = IN_FILE.fullmatch(name)
    if in_file is not None:
        make = _of_file(Path(in_file["file"]), in_file["name"])
    elif name in STRATEGIES:
        make = STRATEGIES[name]
    else:
        raise AipuError(f"no strategy '{name}'", remedy=nearest(name, STRATEGIES))
    made = make()
    return made if isinstance(made, Deciding) else Deciding(made.schedule)


def made_by(
    what: Decide | type[Strategy | AimlessStrategy],
) -> Callable[[], Strategy | AimlessStrategy]:
    """What makes the strategy that a class or a function is.

    Raises:
        AipuError: it is neither.
    """
    if isinstance(what, type) and hasattr(what, "schedule"):
        return what
    if callable(what) and not isinstance(what, type):
        return lambda: Deciding(what)
    raise AipuError(
        f"{what!r} is no strategy",
        remedy="a class with a method `schedule(self, graph, machine, goal)`, or a "
        "function `(graph, machine, goal)`, is one; `goal` may be left out",
    )


def _takes_goal(decide: Decide) -> bool:
    """Whether something wants to know the goal: what has a third parameter does, but
    for one of another name that has a default.
    """
    parameters = list(signature(decide).parameters.values())
    if any(each.kind is Parameter.VAR_POSITIONAL for each in parameters[:3]):
        return True
    if len(parameters) < 3:
        return False
    third = parameters[2]
    return third.name == "goal" or third.default is Parameter.empty


def _of_file(file: Path, name: str) -> Callable[[], Strategy | AimlessStrategy]:
    members = vars(run_file(file))
    if name not in members:
        known = [each for each, member in members.items() if callable(member)]
        raise AipuError(
            f"no '{name}' in this file", place=str(file), remedy=nearest(name, known)
        )
    return made_by(members[name])
