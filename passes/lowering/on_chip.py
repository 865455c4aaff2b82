"""Where the groups of a function lie in the SRAM, and the maps that stay there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xdsl.ir import Operation, SSAValue

from ...backend_aipu.machine import Machine
from ...dialects import tile
from ..scheduling.fit import check_place, tiles_beside
from ..scheduling.groups import source_of, uses_of
from ..scheduling.links import graph_of, keeps_result
from ..scheduling.striped.arrange import Staying, arrange
from ..scheduling.striped.graph import Graph
from ..scheduling.striped.legality import check_stripable
from ..scheduling.striped.stripes import stripes
from ..scheduling.striped.windows import Layout, layout


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
    """The groups in stripes of a function.

    Raises:
        AipuError: a schedule that cannot be, or no room for what is on chip at once.
    """
    graphs: dict[tile.GroupOp, Graph] = {}
    layouts: dict[tile.GroupOp, Layout] = {}
    for group in groups:
        schedule = striped_schedule(group)
        if schedule is not None:
            graph = graphs[group] = graph_of(group)
            check_stripable(group.work.data, graph, schedule)
            rows = stripes(graph, schedule.rows)
            layouts[group] = layout(graph, rows, schedule, machine.sram.alignment)
    maps = dict(_staying(groups, graphs))
    arranged = arrange(list(map(layouts.get, groups)), list(maps.values()), machine)
    address = dict(zip(maps, arranged.maps, strict=True))
    found: dict[tile.GroupOp, OnChip] = {}
    for group, place in zip(groups, arranged.groups, strict=True):
        if group not in graphs:
            if place.taken:
                raise tiles_beside(group.work.data)
            continue
        makers = _makers(group, graphs[group])
        addresses = {tensor: address[maker] for tensor, maker in makers.items()}
        place = replace(place, kept=addresses)
        check_place(group.work.data, layouts[group], place, machine)
        found[group] = OnChip(
            graphs[group],
            layouts[group].at(place),
            {tensor: maker.work.data for tensor, maker in makers.items()},
        )
    return found


def _staying(
    groups: Sequence[tile.GroupOp], graphs: Mapping[tile.GroupOp, Graph]
) -> Iterator[tuple[tile.GroupOp, Staying]]:
    """The groups whose results stay on chip, and how long."""
    number: Mapping[Operation, int] = {group: at for at, group in enumerate(groups)}
    for at, group in enumerate(groups):
        if keeps_result(group):
            graph = graphs[group]
            kept = graph.kept_as(graph.result)
            assert kept is not None
            last = max(number[use.operation] for use in uses_of(group.results[0]))
            yield group, Staying(kept.bytes, at, last)


def striped_schedule(group: tile.GroupOp) -> tile.StripedSchedule | None:
    """How a group runs in stripes, if it does."""
    schedule = group.schedule.data if group.schedule is not None else None
    return schedule if isinstance(schedule, tile.StripedSchedule) else None


def _makers(group: tile.GroupOp, graph: Graph) -> Mapping[int, tile.GroupOp]:
    """Who makes the maps of a group that stay on chip."""
    values: Mapping[int, SSAValue] = dict(enumerate(group.inputs))
    found: dict[int, tile.GroupOp] = {}
    for tensor, _ in graph.kept:
        owner = source_of(values[tensor]).owner if tensor in values else group
        assert isinstance(owner, tile.GroupOp)
        found[tensor] = owner
    return found
