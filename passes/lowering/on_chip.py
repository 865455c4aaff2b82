"""Where the groups of a function lie in the SRAM, and the maps that stay there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.ir import SSAValue

from ...backend_aipu.machine import Machine
from ...dialects import tile
from ..scheduling.fit import check_place, tiles_beside
from ..scheduling.links import graph_of, keeps_result
from ..scheduling.striped.arrange import Staying, arrange
from ..scheduling.striped.graph import Graph
from ..scheduling.striped.legality import check_stripable
from ..scheduling.striped.stripes import stripes
from ..scheduling.striped.windows import Layout, Place, layout


@dataclass(frozen=True)
class OnChip:
    """A group in stripes: its graph, where its buffers lie, and the groups that made
    what it keeps, or what is kept for it, by the number of the tensor.
    """

    graph: Graph
    layout: Layout
    makers: Mapping[int, str]


def on_chip(
    groups: Sequence[tile.GroupOp], machine: Machine
) -> Mapping[tile.GroupOp, OnChip]:
    """The groups in stripes of a function, in turns at one end of their places and at
    the other: what one reads first is not where the one before it ends.

    Raises:
        AipuError: a schedule that cannot be, or no room for what is on chip at once.
    """
    size, alignment = machine.sram.bytes, machine.sram.alignment
    graphs: dict[tile.GroupOp, Graph] = {}
    layouts: dict[tile.GroupOp, Layout] = {}
    for group in groups:
        schedule = striped_schedule(group)
        if schedule is not None:
            graph = graphs[group] = graph_of(group)
            check_stripable(group.work.data, graph, schedule)
            rows = stripes(graph, schedule.rows)
            layouts[group] = layout(graph, rows, schedule, alignment)
    number = {group: at for at, group in enumerate(groups)}
    maps: dict[tile.GroupOp, Staying] = {}
    for group in filter(keeps_result, groups):
        last = max(number[use.operation] for use in group.results[0].uses)  # pyright: ignore
        kept = graphs[group].kept_as(graphs[group].result)
        assert kept is not None
        maps[group] = Staying(kept.bytes, number[group], last)
    needs = [layouts[group].bytes if group in layouts else size for group in groups]
    arrangement = arrange(needs, list(maps.values()), size, alignment)
    address = dict(zip(maps, arrangement.maps, strict=True))
    found: dict[tile.GroupOp, OnChip] = {}
    for at, group in enumerate(groups):
        taken = arrangement.taken[at]
        if group not in graphs:
            if taken:
                raise tiles_beside(group.work.data)
            continue
        makers = _makers(group, graphs[group])
        place = Place(
            taken,
            size,
            alignment,
            len(found) % 2 == 1,
            {tensor: address[maker] for tensor, maker in makers.items()},
        )
        check_place(group.work.data, layouts[group], place, machine)
        found[group] = OnChip(
            graphs[group],
            layouts[group].at(place),
            {tensor: maker.work.data for tensor, maker in makers.items()},
        )
    return found


def striped_schedule(group: tile.GroupOp) -> tile.StripedSchedule | None:
    """How a group runs in stripes, if it does."""
    schedule = group.schedule.data if group.schedule is not None else None
    return schedule if isinstance(schedule, tile.StripedSchedule) else None


def _makers(group: tile.GroupOp, graph: Graph) -> Mapping[int, tile.GroupOp]:
    """Who makes the maps of a group that stay on chip."""
    values: Mapping[int, SSAValue] = dict(enumerate(group.inputs))
    found: dict[int, tile.GroupOp] = {}
    for tensor, _ in graph.kept:
        owner = values[tensor].owner if tensor in values else group
        assert isinstance(owner, tile.GroupOp)
        found[tensor] = owner
    return found
