"""What a strategy is: a function from groups and a machine to schedules.

To write one, subclass nothing: `@strategy("name")` of `aipu.extend` on a class with a
method `schedule`, or on a function like it, puts it into the table. A strategy never
sees instructions; `cost` tells it what a choice costs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...backend_aipu.machine import Machine
from ...dialects.tile import GroupSchedule, Schedule
from ...errors import AipuError, nearest
from ...extensions import run_file
from .group import GroupGraph

Schedules = Mapping[str, GroupSchedule] | Mapping[str | tuple[str, ...], Schedule]
"""The schedule of each group, by its name or by the names of all that run as one."""

Decide = Callable[[GroupGraph, Machine], Schedules]

IN_FILE = re.compile(r"(?P<file>.+\.py):(?P<name>\w+)")
"""A strategy that a file of a user's holds: `my_strategy.py:Widest`."""


class Strategy(Protocol):
    """Decides how every group runs."""

    def schedule(self, graph: GroupGraph, machine: Machine) -> Schedules:
        """How each group runs, alone or with others."""
        ...


@dataclass(frozen=True)
class Deciding:
    """The strategy that a function is."""

    decide: Decide

    def schedule(self, graph: GroupGraph, machine: Machine) -> Schedules:
        return self.decide(graph, machine)


def layerwise() -> Strategy:
    from .layerwise import Layerwise

    return Layerwise()


def packed() -> Strategy:
    from .packed import Packed

    return Packed()


def striped() -> Strategy:
    from .striped.strategy import Striped

    return Striped()


STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "layerwise": layerwise,
    "packed": packed,
    "striped": striped,
}
"""What makes a strategy, by its name; extensions add theirs."""


def strategy(name: str) -> Strategy:
    """The strategy of a name, or of `FILE.py:NAME`.

    Raises:
        AipuError: there is none.
    """
    in_file = IN_FILE.fullmatch(name)
    if in_file is not None:
        return _of_file(Path(in_file["file"]), in_file["name"])
    if name not in STRATEGIES:
        raise AipuError(f"no strategy '{name}'", remedy=nearest(name, STRATEGIES))
    return STRATEGIES[name]()


def made_by(what: Decide | type[Strategy]) -> Callable[[], Strategy]:
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
        remedy="a class with a method `schedule(self, graph, machine)`, or a function "
        "`(graph, machine)`, is one",
    )


def _of_file(file: Path, name: str) -> Strategy:
    members = vars(run_file(file))
    if name not in members:
        known = [each for each, member in members.items() if callable(member)]
        raise AipuError(
            f"no '{name}' in this file", place=str(file), remedy=nearest(name, known)
        )
    return made_by(members[name])()
