"""A striped group from its schedule to loops of actions, with tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from ....dialects.tile import StripedSchedule
from .actions import actions_of
from .body import Body
from .graph import Graph
from .roll import Node, roll
from .stripes import stripes
from .synchronise import synchronise
from .windows import Layout, layout


@dataclass(frozen=True)
class StripedPlan:
    """Buffers on chip, and what runs on them."""

    layout: Layout
    nodes: tuple[Node, ...]


def plan_stripes(
    graph: Graph, schedule: StripedSchedule, fills: Sequence[int], alignment: int
) -> StripedPlan:
    """The plan of a group; `fills` are what the padding of each tensor holds."""
    rows = stripes(graph, schedule.rows)
    places = layout(graph, rows, schedule, alignment)
    parts = Body(graph, schedule, rows, places, fills).parts()
    synchronise(list(actions_of(parts)))
    return StripedPlan(places, roll(parts))
