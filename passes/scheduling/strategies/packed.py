"""The strategy `packed`: the tiles of `layerwise`, in as few launches as hold them.

No byte less crosses the bus: what it gains is what launches cost.
"""

from collections.abc import Mapping

from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule
from ..network.group_graph import GroupGraph
from .goal import LATENCY, Goal
from .layerwise import Layerwise


class Packed:
    """Every group by itself, joined to the one before it."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Mapping[str, GroupSchedule]:
        schedules = Layerwise().schedule(graph, machine, goal)
        return {
            name: schedule._replace(joined=number > 0)
            for number, (name, schedule) in enumerate(schedules.items())
        }
