"""What a strategy is: a function from groups and a machine to schedules.

To write one, subclass nothing: give a class a `name` and a `schedule`, and put it into
the table. A strategy never sees instructions; `cost` tells it what a choice costs.
"""

from collections.abc import Mapping
from typing import Protocol

from ...backend_aipu.machine import Machine
from ...dialects.tile import GroupSchedule
from ...errors import AipuError, nearest
from .group import GroupGraph


class Strategy(Protocol):
    """Decides how every group runs."""

    def schedule(
        self, graph: GroupGraph, machine: Machine
    ) -> Mapping[str, GroupSchedule]:
        """The schedule of each group, by its name."""
        ...


def layerwise() -> Strategy:
    from .layerwise import Layerwise

    return Layerwise()


def packed() -> Strategy:
    from .packed import Packed

    return Packed()


STRATEGIES = {"layerwise": layerwise, "packed": packed}


def strategy(name: str) -> Strategy:
    """The strategy of a name."""
    if name not in STRATEGIES:
        raise AipuError(f"no strategy '{name}'", remedy=nearest(name, STRATEGIES))
    return STRATEGIES[name]()
