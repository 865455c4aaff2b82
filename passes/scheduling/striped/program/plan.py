"""A striped group from its schedule to buffers on chip, and what happens to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from .....dialects.tile import StripedSchedule
from ..buffers.windows import Layout
from ..graph import Graph
from ..stripes import stripes
from .actions import Action, Repeats
from .body import Body


@dataclass(frozen=True)
class StripedPlan:
    """Buffers on chip, and what runs on them: without tokens, and without loops."""

    layout: Layout
    parts: tuple[Action | Repeats, ...]


def plan_stripes(
    graph: Graph,
    schedule: StripedSchedule,
    fills: Sequence[int],
    places: Layout,
) -> StripedPlan:
    """The plan of a group.

    Args:
        graph: its operators.
        schedule: how they run.
        fills: what the padding of each tensor holds.
        places: where its buffers lie.
    """
    rows = stripes(graph, schedule.rows)
    return StripedPlan(places, Body(graph, schedule, rows, places, fills).parts())
